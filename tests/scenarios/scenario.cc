#include "tests/scenarios/scenario.h"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>

#include "tests/scenarios/command_words.h"
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

bool take_any(Words& words, std::initializer_list<std::string_view> any) {
    return std::ranges::any_of(any, [&](std::string_view word) { return words.take(word); });
}

// [replayed] VERDICT [CODE] { available N | expected N | value N | left N | bound N | demanded N |
// asked N | stated N | member N | taken N | number N | @SEQ }
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
        if (take_any(words, {"available", "expected", "value", "left"})) {
            expected.balance = words.signed_amount("a balance");
        } else if (take_any(words, {"bound", "demanded", "asked", "stated"})) {
            expected.bound = words.signed_amount("a bound");
        } else if (words.take("member")) {
            expected.member = words.number("a member");
        } else if (words.take("taken")) {
            expected.taken = words.amount("an amount");
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
        } else if (verb == "clock") {
            step.what = read_clock(words);
        } else {
            const bool is_dry_run = verb == "dry-run";
            const auto name = is_dry_run ? words.word("a command") : verb;
            Submit submit = name == "again" ? read_again(words) : read_command(step, name, words);
            submit.is_dry_run = is_dry_run;
            submit.expected = read_expected(outcome);
            if (!is_dry_run) stated_.try_emplace(key_of(submit.command), submit);
            count(submit);
            step.what = std::move(submit);
        }
    }

    // Commands without a key in front of them are named after their line unless they say `key K`.
    Submit read_command(const Step& step, const std::string& verb, Words& words) {
        CommandWords reader{words, find_seq_};
        auto stated = reader.read(verb, *key_from("line " + std::to_string(step.line)));
        Submit submit{std::move(stated.command),
                      std::move(stated.debit_code),
                      std::move(stated.credit_code),
                      {}};
        return submit;
    }

    Submit read_again(Words& words) {
        const auto found = stated_.find(read_key(words));
        if (found != stated_.end()) return found->second;
        words.fail("no earlier line states this key");
        return {};
    }

    Id128 read_key(Words& words) { return CommandWords{words, find_seq_}.read_key(); }

    // Every decided command takes the next Seq, and so does every hold that expires.
    void count(const Submit& submit) {
        const auto& expected = submit.expected;
        const bool is_decided =
            expected.verdict == Verdict::accepted || expected.verdict == Verdict::rejected;
        if (!is_decided || expected.is_replay || submit.is_dry_run) return;
        head_ = head_.next();
        seqs_.try_emplace(key_of(submit.command), head_);
    }

    SetClock read_clock(Words& words) {
        SetClock clock{seconds_in(words.number("seconds")), 0};
        if (words.take("expires")) clock.expiries = words.number("a number of holds");
        head_ = head_.plus(clock.expiries);
        return clock;
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
            } else if (words.take("held_debits")) {
                check.held_debits = words.amount("an amount");
            } else if (words.take("held_credits")) {
                check.held_credits = words.amount("an amount");
            } else if (words.take("debits")) {
                check.debits = words.amount("an amount");
            } else if (words.take("credits")) {
                check.credits = words.amount("an amount");
            } else if (words.take("version")) {
                check.version = words.number("a version");
            } else {
                words.fail(
                    "expected posted, available, debits, credits, held_debits, held_credits or "
                    "version");
            }
        }
        return check;
    }

    std::map<Id128, Submit> stated_;  // the first line of each key, for `again`
    std::map<Id128, Seq> seqs_;       // of each key, for `@key`
    Seq head_;
    CommandWords::FindSeq find_seq_ = [this](const Id128& key) {
        const auto found = seqs_.find(key);
        return found == seqs_.end() ? std::nullopt : std::optional{found->second};
    };
};

}  // namespace

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
