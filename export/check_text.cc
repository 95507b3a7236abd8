// The plain-text ledgers, line by line as hledger_writer.cc and beancount_writer.cc write them.
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "export/check_lines.h"
#include "export/content_check.h"
#include "export/ledger_text.h"
#include "export/recount.h"

namespace daybook::exports {

namespace {

std::unexpected<Error> wrong(const std::string& what) {
    return fail(ErrorCode::bad_input, what);
}

// What stands before `end`, which is taken off with it; all of it where there is no `end`.
std::string_view take_until(std::string_view& rest, std::string_view end) {
    const auto at = rest.find(end);
    const auto taken = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + end.size());
    return taken;
}

bool take_prefix(std::string_view& rest, std::string_view prefix) {
    const bool is_there = rest.starts_with(prefix);
    if (is_there) rest.remove_prefix(prefix.size());
    return is_there;
}

bool take_suffix(std::string_view& rest, std::string_view suffix) {
    const bool is_there = rest.ends_with(suffix);
    if (is_there) rest.remove_suffix(suffix.size());
    return is_there;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole ? std::optional{value} : std::nullopt;
}

// None: it is no Seq.
Seq seq_in(std::string_view text) {
    return Seq{number_in(text).value_or(0)};
}

class HledgerLines {
public:
    explicit HledgerLines(const Manifest& manifest) : recount_{manifest} {}

    Result<void> add(std::uint64_t number, std::string_view line) {
        if (line.empty() || (number == 1 && line.starts_with("; "))) return {};
        if (number == 2 && line == "decimal-mark .") return {};
        if (take_prefix(line, "commodity 1000.")) {
            const auto zeros = take_until(line, " ");
            const bool is_quoted = line.size() > 2 && line.front() == '"' && line.back() == '"';
            if (zeros.find_first_not_of('0') != std::string_view::npos) return no_line();
            return recount_.define(is_quoted ? line.substr(1, line.size() - 2) : line, line,
                                   zeros.size());
        }
        if (take_prefix(line, "account ")) return recount_.open(take_until(line, "  ; type:"));
        if (take_prefix(line, "    ")) return add_posting(line);
        const auto day = take_until(line, " * ");
        if (line == "opening balances") return recount_.begin(day, Seq{});
        if (!take_prefix(line, "(")) return no_line();
        const Seq seq = seq_in(take_until(line, ") "));
        return seq == Seq{} ? no_line() : recount_.begin(day, seq);
    }
    Recount& recount() { return recount_; }

private:
    static Result<void> no_line() { return wrong("it is no line that an export writes"); }

    Result<void> add_posting(std::string_view line) {
        const auto account = take_until(line, "  ");
        std::string_view amounts = take_until(line, "  ; seq:");
        if (recount_.seq() != Seq{} && seq_in(take_until(line, ", ")) != recount_.seq()) {
            return wrong("its seq is not that of its transaction");
        }
        std::string_view posted = take_until(amounts, " = ");
        const auto amount = take_until(posted, " ");
        if (auto done = recount_.post(account, amount, posted); !done) return done;
        if (amounts.empty()) return {};
        const auto balance = take_until(amounts, " ");
        return recount_.assert_balance(account, balance, amounts);
    }

    Recount recount_;
};

class BeancountLines {
public:
    explicit BeancountLines(const Manifest& manifest)
        : recount_{manifest}, day_after_{day_after(manifest.last_block.stamp)} {}

    Result<void> add(std::uint64_t number, std::string_view line) {
        if (line.empty() || (number == 1 && line.starts_with("; "))) return {};
        if (number == 2 && line == R"(option "title" "Daybook")") return {};
        if (take_prefix(line, "    ")) return add_fact_of_posting(line);
        if (take_prefix(line, "  ")) return add_indented(line);
        const auto day = take_until(line, " ");
        if (!day_.empty()) return wrong("the transaction before it has no postings");
        if (take_prefix(line, "commodity ")) {
            asset_ = line;
            code_.clear();
            return {};
        }
        if (take_prefix(line, "open ")) return recount_.open(take_until(line, " "));
        if (take_prefix(line, "* \"")) {
            day_ = day;
            return {};
        }
        if (!take_prefix(line, "balance ")) return no_line();
        if (day != day_after_) return wrong("it is not on the day after the last");
        const auto account = take_until(line, "  ");
        const auto amount = take_until(line, " ~ 0 ");
        return recount_.assert_balance(account, amount, line);
    }
    Recount& recount() { return recount_; }

private:
    static Result<void> no_line() { return wrong("it is no line that an export writes"); }

    // Behind a commodity, an account or the head of a transaction; or a posting.
    Result<void> add_indented(std::string_view line) {
        if (take_prefix(line, "code: \"") && take_suffix(line, "\"")) {
            code_ = line;
            return {};
        }
        if (take_prefix(line, "scale: ")) {
            const auto scale = number_in(line);
            return scale ? recount_.define(code_, asset_, *scale) : no_line();
        }
        if (take_prefix(line, "seq: \"") && take_suffix(line, "\"")) {
            const Seq seq = seq_in(line);
            return seq == Seq{} ? no_line() : recount_.begin(take_day(), seq);
        }
        // The transaction of the balances that the cut finds has no seq.
        if (!day_.empty()) {
            if (auto begun = recount_.begin(take_day(), Seq{}); !begun) return begun;
        }
        const auto account = take_until(line, "  ");
        const auto amount = take_until(line, " ");
        return recount_.post(account, amount, line);
    }

    Result<void> add_fact_of_posting(std::string_view line) const {
        if (line.starts_with("ref: \"") || line.starts_with("effective: ")) return {};
        if (!take_prefix(line, "seq: \"") || !take_suffix(line, "\"")) return no_line();
        if (seq_in(line) == recount_.seq()) return {};
        return wrong("its seq is not that of its transaction");
    }

    std::string take_day() { return std::exchange(day_, {}); }

    Recount recount_;
    std::string day_after_;  // the cut
    std::string asset_;      // that the next lines are about
    std::string code_;
    std::string day_;  // of a transaction that has not begun
};

template <typename Lines>
Found check_ledger(const std::filesystem::path& directory, const Manifest& manifest,
                   const GoOn& go_on) {
    const std::string& name = manifest.files.front().name;
    Lines lines{manifest};
    auto finding = check_lines(
        directory / name,
        [&](std::uint64_t number, std::string_view line) { return lines.add(number, line); },
        [&] { return lines.recount().seq(); }, go_on);
    if (!finding || *finding) return finding;
    if (const auto ended = lines.recount().end(); !ended) {
        return ExportFinding{name, 0, lines.recount().seq(), ended.error().detail, {}, {}};
    }
    return compare(manifest, lines.recount().recomputed());
}

}  // namespace

Found check_hledger(const std::filesystem::path& directory, const Manifest& manifest,
                    const GoOn& go_on) {
    return check_ledger<HledgerLines>(directory, manifest, go_on);
}

Found check_beancount(const std::filesystem::path& directory, const Manifest& manifest,
                      const GoOn& go_on) {
    return check_ledger<BeancountLines>(directory, manifest, go_on);
}

}  // namespace daybook::exports
