#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "export/content_check.h"
#include "export/csv_cell.h"
#include "export/csv_row.h"
#include "export/line_reader.h"

namespace daybook::exports {

namespace {

// Of entries.csv. The first rows of both files are compared with these.
constexpr std::string_view kEntriesHead =
    "seq,line,kind,account,asset,side,amount_minor,amount,balance_minor,balance,reference,"
    "description,effective_at,recorded_at,hash\r";
enum Column : std::size_t {
    seq,
    line,
    kind,
    account,
    asset,
    side,
    amount_minor,
    amount,
    balance_minor,
    balance,
    hash = 14,
    columns = 15
};

std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole ? std::optional{value} : std::nullopt;
}

std::unexpected<Error> wrong(const std::string& what) {
    return fail(ErrorCode::bad_input, what);
}

struct RunningBalance {
    SignedAmount balance;
    std::string asset;
    // +1 when debits make it grow, −1 when credits do; 0: its first row does not tell yet.
    int debit_sign = 0;
};

struct Sums {
    Amount debits;
    Amount credits;
};

class CsvCheck {
public:
    explicit CsvCheck(const Manifest& manifest) : manifest_{manifest} {
        for (const auto& totals : manifest.totals)
            sums_[totals.asset] = {};
    }

    // An error tells what is wrong with the row.
    Result<void> add(std::string_view text) {
        if (!split_row(text, cells_) || cells_.size() != columns) {
            return wrong("it is no row of 15 cells that ends with CR LF");
        }
        if (auto placed = check_place(); !placed) return placed;
        const auto totals = std::ranges::find(manifest_.totals, cells_[asset], &AssetTotals::asset);
        if (totals == manifest_.totals.end()) {
            return wrong("its asset is not in the manifest");
        }
        const auto posted = parse_amount(cells_[amount_minor]);
        const auto after = parse_signed_amount(cells_[balance_minor]);
        if (!posted || posted->is_zero() || to_decimal(*posted, totals->scale) != cells_[amount]) {
            return wrong("amount and amount_minor are not the same");
        }
        if (!after || to_decimal(*after, totals->scale) != cells_[balance]) {
            return wrong("balance and balance_minor are not the same");
        }
        const bool is_debit = cells_[side] == name_of(Side::debit);
        if (!is_debit && cells_[side] != name_of(Side::credit)) return wrong("it has no side");
        if (auto ran = run_balance(is_debit, *posted, *after); !ran) return ran;
        for (Sums* sums : {&sums_[cells_[asset]], &of_record_[cells_[asset]]}) {
            Amount& sum = is_debit ? sums->debits : sums->credits;
            const auto total = checked_add(sum, *posted);
            if (!total) return wrong("the sum of its asset passes 128 bits");
            sum = *total;
        }
        ++postings_;
        return {};
    }

    // Each record balances per asset.
    Result<void> end_record() {
        for (auto& [code, sums] : of_record_) {
            if (sums.debits != sums.credits) {
                return wrong("debits and credits of " + code + " in seq " +
                             std::to_string(seq_.value()) + " are not equal");
            }
        }
        of_record_.clear();
        return {};
    }

    Seq at() const { return seq_; }
    const std::unordered_map<std::string, RunningBalance>& balances() const { return balances_; }

    Manifest recomputed() const {
        Manifest made = manifest_;
        made.counts.postings = postings_;
        for (auto& totals : made.totals) {
            totals.debits = sums_.at(totals.asset).debits;
            totals.credits = sums_.at(totals.asset).credits;
        }
        return made;
    }

private:
    Result<void> check_place() {
        const Seq place{number_in(cells_[seq]).value_or(0)};
        const auto in_record = number_in(cells_[line]).value_or(0);
        if (place < manifest_.from || place > manifest_.to || place < seq_) {
            return wrong("its seq is not where it belongs");
        }
        if (place != seq_) {
            if (auto ended = end_record(); !ended) return ended;
            seq_ = place;
            line_ = 0;
            hash_ = cells_[hash];
        }
        if (in_record != ++line_) return wrong("its line is not the next of its seq");
        if (cells_[hash] != hash_) return wrong("its hash is not that of its seq");
        return {};
    }

    // The balance grows by the amount on the account's normal side, which every row confirms.
    Result<void> run_balance(bool is_debit, Amount posted, SignedAmount after) {
        const auto [found, is_new] = balances_.try_emplace(cells_[account]);
        RunningBalance& running = found->second;
        if (is_new) running.asset = cells_[asset];
        if (running.asset != cells_[asset]) return wrong("its account has another asset");
        const bool is_known = !is_new || manifest_.from == Seq{1};
        if (is_known) {
            const auto change = static_cast<Uint128>(after.minor_units()) -
                                static_cast<Uint128>(running.balance.minor_units());
            const bool grew = change == posted.minor_units();
            const bool fell = Uint128{0} - change == posted.minor_units();
            const int sign = (grew ? 1 : -1) * (is_debit ? 1 : -1);
            const bool fits =
                (grew || fell) && (running.debit_sign == 0 || sign == running.debit_sign);
            if (!fits) return wrong("its balance is not the one before and its amount");
            running.debit_sign = sign;
        }
        running.balance = after;
        return {};
    }

    const Manifest& manifest_;
    std::vector<std::string> cells_;
    Seq seq_;
    std::uint64_t line_ = 0;
    std::string hash_;
    std::uint64_t postings_ = 0;
    std::unordered_map<std::string, RunningBalance> balances_;  // by account
    std::map<std::string, Sums> sums_;                          // by asset
    std::map<std::string, Sums> of_record_;                     // the same, of the seq being read
};

// Reads a file's lines to `take` until one is wrong; then that is the finding.
template <typename Take, typename At>
Found each_line(const std::filesystem::path& directory, const std::string& name, const Take& take,
                const At& at, const GoOn& go_on) {
    constexpr std::uint64_t kLinesBetweenLooks = 4096;
    auto reader = LineReader::open(directory / name);
    if (!reader) return std::unexpected{reader.error()};
    while (true) {
        const auto text = reader->next();
        if (!text && text.error().code != ErrorCode::bad_input) {
            return std::unexpected{text.error()};
        }
        if (text && !*text) return std::optional<ExportFinding>{};
        const auto taken =
            text ? take(reader->line(), **text) : Result<void>{std::unexpected{text.error()}};
        if (!taken) {
            return ExportFinding{name, reader->line(), at(), taken.error().detail, {}, {}};
        }
        if (!go_on || reader->line() % kLinesBetweenLooks != 0) continue;
        if (!go_on(at())) return fail(ErrorCode::try_again, "stopped; run it again");
    }
}

// An account that was posted to ends with the balance of its last row.
Result<void> check_balance(const CsvCheck& entries, std::string_view text,
                           std::vector<std::string>& cells) {
    constexpr std::size_t kBalanceColumns = 14;
    constexpr std::size_t kBalanceMinor = 9;
    if (!split_row(text, cells) || cells.size() != kBalanceColumns) {
        return wrong("it is no row of 14 cells that ends with CR LF");
    }
    const auto found = entries.balances().find(cells[0]);
    if (found == entries.balances().end()) return {};
    if (parse_signed_amount(cells[kBalanceMinor]) == std::optional{found->second.balance})
        return {};
    return wrong("its balance is not that of the account's last row in entries.csv, " +
                 to_string(found->second.balance));
}

}  // namespace

Found check_csv(const std::filesystem::path& directory, const Manifest& manifest,
                const GoOn& go_on) {
    CsvCheck check{manifest};
    const auto at = [&] { return check.at(); };
    auto finding = each_line(
        directory, "entries.csv",
        [&](std::uint64_t number, std::string_view text) -> Result<void> {
            if (number > 1) return check.add(text);
            return text == kEntriesHead ? Result<void>{} : wrong("it is not the head of the table");
        },
        at, go_on);
    if (!finding || *finding) return finding;
    if (auto ended = check.end_record(); !ended) {
        return ExportFinding{"entries.csv", 0, check.at(), ended.error().detail, {}, {}};
    }
    if (auto differs = compare(manifest, check.recomputed())) return differs;
    std::vector<std::string> cells;
    return each_line(
        directory, "balances.csv",
        [&](std::uint64_t number, std::string_view text) {
            return number == 1 ? Result<void>{} : check_balance(check, text, cells);
        },
        [] { return Seq{}; }, go_on);
}

}  // namespace daybook::exports
