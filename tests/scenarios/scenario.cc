#include "tests/scenarios/scenario.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/scenarios/words.h"

namespace daybook::scenarios {

namespace {

std::optional<std::uint16_t> code_named(std::string_view name) {
    for (const int first : {1, 1001, 2001}) {
        auto code = static_cast<std::uint16_t>(first);
        for (; !name_of_code(code).empty(); ++code) {
            if (name_of_code(code) == name) return code;
        }
    }
    return std::nullopt;
}

std::optional<Verdict> verdict_named(std::string_view name) {
    for (const auto verdict : {Verdict::accepted, Verdict::rejected, Verdict::refused,
                               Verdict::malformed, Verdict::not_seen}) {
        if (name_of(verdict) == name) return verdict;
    }
    return std::nullopt;
}

// [replayed] VERDICT [CODE] { available N | expected N | bound N | number N | @SEQ }
ExpectedReceipt read_expected(Words& words) {
    ExpectedReceipt expected;
    expected.is_replay = words.take("replayed");
    const auto verdict = words.word("a verdict");
    expected.verdict = verdict_named(verdict).value_or(Verdict::accepted);
    if (!verdict_named(verdict)) words.fail("no verdict is called '" + verdict + "'");
    if (expected.verdict != Verdict::accepted && expected.verdict != Verdict::not_seen) {
        const auto name = words.word("a code");
        expected.code = code_named(name).value_or(0);
        if (expected.code == 0) words.fail("no code is called '" + name + "'");
    }
    while (!words.has_failed() && !words.is_at_end()) {
        if (words.take("available") || words.take("expected")) {
            expected.balance = words.signed_amount("a balance");
        } else if (words.take("bound")) {
            expected.bound = words.signed_amount("a bound");
        } else if (words.take("number")) {
            expected.subject = words.number("a number");
        } else {
            const auto seq = words.word("@SEQ");
            Words digits{{seq.starts_with('@') ? seq.substr(1) : seq}};
            expected.seq = Seq{digits.number("a seq")};
            if (!seq.starts_with('@') || digits.has_failed()) words.fail("unknown '" + seq + "'");
        }
    }
    return expected;
}

class Parser {
public:
    // The step a line states; nothing for a line without words.
    std::expected<std::optional<Step>, std::string> parse(int line, std::string_view text) {
        auto all = split_words(text);
        if (!all) return std::unexpected{all.error()};
        if (all->empty()) return std::nullopt;
        const auto arrow = std::ranges::find(*all, "->");
        Words words{{all->begin(), arrow}};
        Words outcome{arrow == all->end() ? std::vector<std::string>{}
                                          : std::vector<std::string>{arrow + 1, all->end()}};
        Step step{line, std::string{text}, CheckTrialBalance{}};
        read_step(step, words, outcome);
        if (!words.has_failed() && !words.is_at_end()) words.fail("more words than expected");
        if (words.has_failed()) return std::unexpected{words.error()};
        if (!outcome.is_at_end() || outcome.has_failed()) {
            return std::unexpected{outcome.has_failed() ? outcome.error()
                                                        : "an assertion has no outcome"};
        }
        return step;
    }

private:
    void read_step(Step& step, Words& words, Words& outcome) {
        const auto verb = words.word("a command");
        if (verb == "head") {
            step.what = CheckHead{Seq{words.number("a seq")}};
        } else if (verb == "balance") {
            step.what = read_balance(words);
        } else if (verb == "trial-balance") {
            if (!words.take("zero")) words.fail("expected 'zero'");
        } else if (verb == "outcome") {
            const Id128 key = read_key(words);
            step.what = AskOutcome{key, read_expected(outcome)};
        } else {
            Submit submit = verb == "again" ? read_again(words) : read_command(step, verb, words);
            submit.expected = read_expected(outcome);
            step.what = std::move(submit);
        }
    }

    Submit read_command(const Step& step, const std::string& verb, Words& words) {
        Submit submit;
        if (verb == "asset") {
            submit.command = read_asset(step.line, words);
        } else if (verb == "account") {
            submit.command = read_account(step.line, words);
        } else if (verb == "transfer") {
            submit = read_transfer(words);
        } else if (verb == "entry") {
            submit.command = read_entry(words);
        } else if (verb == "void") {
            submit.command = VoidKey{read_key(words)};
        } else {
            words.fail("no command is called '" + verb + "'");
        }
        stated_.try_emplace(key_of(submit.command), submit);
        return submit;
    }

    Submit read_again(Words& words) {
        const auto found = stated_.find(read_key(words));
        if (found != stated_.end()) return found->second;
        words.fail("no earlier line states this key");
        return {};
    }

    static Id128 read_key(Words& words) {
        const auto text = words.word("a key");
        const auto key = key_from(text);
        if (!key) words.fail("a key has 1 to 16 bytes");
        return key.value_or(Id128{});
    }

    // Commands without a key in front of them are named after their line unless they say `key K`.
    static Id128 key_of_line(int line) { return *key_from("line " + std::to_string(line)); }

    static DefineAsset read_asset(int line, Words& words) {
        DefineAsset asset{key_of_line(line), words.word("a code"), 0};
        asset.scale = static_cast<unsigned>(words.number("a scale"));
        if (words.take("key")) asset.key = read_key(words);
        return asset;
    }

    static OpenAccount read_account(int line, Words& words) {
        OpenAccount account{key_of_line(line), words.word("a code"), {}, {}, {}};
        account.asset = words.word("an asset");
        const auto type = words.word("a type");
        account.type = parse_account_type(type).value_or(AccountType{0});
        while (!words.has_failed() && !words.is_at_end()) {
            if (words.take("min")) {
                account.limits.min = words.signed_amount("a minimum");
            } else if (words.take("max")) {
                account.limits.max = words.signed_amount("a maximum");
            } else if (words.take("key")) {
                account.key = read_key(words);
            } else {
                words.fail("expected min, max or key");
            }
        }
        return account;
    }

    // `#7` is the account of that number, anything else a code.
    static AccountRef read_reference(Words& words) {
        auto text = words.word("an account");
        if (!text.starts_with('#')) return {{}, std::move(text)};
        Words digits{{text.substr(1)}};
        const AccountNumber number{digits.number("an account number")};
        if (digits.has_failed()) words.fail(digits.error());
        return {number, {}};
    }

    static Submit read_transfer(Words& words) {
        Transfer transfer;
        transfer.key = read_key(words);
        if (!words.take("debit")) words.fail("expected 'debit ACCOUNT'");
        const auto debit = read_reference(words);
        if (!words.take("credit")) words.fail("expected 'credit ACCOUNT'");
        const auto credit = read_reference(words);
        transfer.debit = debit.number;
        transfer.credit = credit.number;
        transfer.amount = words.amount("an amount");
        read_labels(words, transfer.tag, transfer.effective_at);
        return {transfer, debit.code, credit.code, {}};
    }

    static PostEntry read_entry(Words& words) {
        PostEntry entry;
        entry.key = read_key(words);
        while (!words.has_failed()) {
            const bool is_debit = words.take("debit");
            if (!is_debit && !words.take("credit")) break;
            auto account = read_reference(words);
            entry.postings.push_back({std::move(account), is_debit ? Side::debit : Side::credit,
                                      words.amount("an amount")});
        }
        if (words.take("reference")) entry.reference = words.word("a text");
        if (words.take("description")) entry.description = words.word("a text");
        read_labels(words, entry.tag, entry.effective_at);
        return entry;
    }

    static void read_labels(Words& words, Id128& tag, Stamp& effective_at) {
        if (words.take("tag")) {
            const auto parsed = parse_id128(words.word("a tag"));
            if (!parsed) words.fail("a tag is 32 hexadecimal digits");
            tag = parsed.value_or(Id128{});
        }
        if (words.take("at")) {
            effective_at = Stamp{static_cast<std::int64_t>(words.number("nanoseconds"))};
        }
    }

    static CheckBalance read_balance(Words& words) {
        CheckBalance check;
        check.account = words.word("an account code");
        check.is_none = words.take("none");
        while (!words.has_failed() && !words.is_at_end()) {
            if (words.take("posted")) {
                check.posted = words.signed_amount("a balance");
            } else if (words.take("available")) {
                check.available = words.signed_amount("a balance");
            } else if (words.take("debits")) {
                check.debits = words.amount("an amount");
            } else if (words.take("credits")) {
                check.credits = words.amount("an amount");
            } else if (words.take("version")) {
                check.version = words.number("a version");
            } else {
                words.fail("expected posted, available, debits, credits or version");
            }
        }
        return check;
    }

    std::map<Id128, Submit> stated_;  // the first line of each key, for `again`
};

}  // namespace

std::optional<Id128> key_from(std::string_view text) {
    Id128 key;
    if (text == "none") return key;
    if (text.empty() || text.size() > key.bytes.size()) return std::nullopt;
    std::ranges::copy(text, key.bytes.begin());
    return key;
}

std::expected<Scenario, std::string> parse_scenario(std::string name, std::string_view text) {
    Scenario scenario{std::move(name), {}};
    Parser parser;
    for (int line = 1; !text.empty(); ++line) {
        const auto length = std::min(text.find('\n'), text.size());
        auto step = parser.parse(line, text.substr(0, length));
        text.remove_prefix(std::min(length + 1, text.size()));
        if (!step) {
            return std::unexpected{scenario.name + ":" + std::to_string(line) + ": " +
                                   step.error()};
        }
        if (*step) scenario.steps.push_back(**std::move(step));
    }
    return scenario;
}

std::expected<Scenario, std::string> read_scenario(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    if (!stream) return std::unexpected{file.string() + ": cannot be read"};
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    return parse_scenario(file.filename().string(), text);
}

std::vector<std::filesystem::path> scenario_files(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() == ".daybook") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace daybook::scenarios
