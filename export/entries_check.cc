#include "export/entries_check.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "export/csv_cell.h"
#include "export/csv_row.h"
#include "ledger/account.h"

namespace daybook::exports {

namespace {

// Of entries.csv.
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
    recorded_at = 13,
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

bool add_to(Amount& sum, Amount posted) {
    const auto total = checked_add(sum, posted);
    if (total) sum = *total;
    return total.has_value();
}

}  // namespace

EntriesCheck::EntriesCheck(const Manifest& manifest)
    : manifest_{manifest},
      first_moment_{to_string(manifest.first_block.stamp)},
      last_moment_{to_string(manifest.last_block.stamp)} {
    for (const auto& totals : manifest.totals)
        sums_[totals.asset] = {};
}

Result<void> EntriesCheck::add(std::string_view text) {
    if (!split_row(text, cells_) || cells_.size() != columns) {
        return wrong("it is no row of 15 cells that ends with CR LF");
    }
    if (auto placed = check_place(); !placed) return placed;
    const auto totals =
        std::ranges::find(manifest_.totals, without_escape(cells_[asset]), &AssetTotals::asset);
    if (totals == manifest_.totals.end()) return wrong("its asset is not in the manifest");
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
    for (Sums* sums : {&sums_[totals->asset], &of_record_[totals->asset]}) {
        if (!add_to(is_debit ? sums->debits : sums->credits, *posted)) {
            return wrong("the sum of its asset passes 128 bits");
        }
    }
    ++postings_;
    return {};
}

Result<void> EntriesCheck::end_record() {
    for (auto& [code, sums] : of_record_) {
        if (sums.debits != sums.credits) {
            return wrong("debits and credits of " + code + " in seq " +
                         std::to_string(seq_.value()) + " are not equal");
        }
    }
    of_record_.clear();
    return {};
}

Manifest EntriesCheck::recomputed() const {
    Manifest made = manifest_;
    made.counts.postings = postings_;
    // A record without a posting leaves no row, so that only too few of them can be noticed.
    made.counts.accepted = std::max(made.counts.accepted, records_);
    for (auto& totals : made.totals) {
        totals.debits = sums_.at(totals.asset).debits;
        totals.credits = sums_.at(totals.asset).credits;
    }
    return made;
}

Result<void> EntriesCheck::check_place() {
    const Seq place{number_in(cells_[seq]).value_or(0)};
    const auto in_record = number_in(cells_[line]).value_or(0);
    if (place < manifest_.from || place > manifest_.to || place < seq_) {
        return wrong("its seq is not where it belongs");
    }
    if (place != seq_) {
        if (auto begun = begin_record(place); !begun) return begun;
    }
    if (in_record != ++line_) return wrong("its line is not the next of its seq");
    if (cells_[hash] != hash_) return wrong("its hash is not that of its seq");
    if (cells_[recorded_at] != moment_) return wrong("it is not recorded when its seq is");
    return {};
}

// Moments are written so that their order is that of their letters.
Result<void> EntriesCheck::begin_record(Seq place) {
    if (auto ended = end_record(); !ended) return ended;
    const std::string& moment = cells_[recorded_at];
    const bool is_first = place <= manifest_.first_block.last_seq();
    const bool is_last = place >= manifest_.last_block.first_seq;
    if (moment < moment_ || (is_first && moment != first_moment_) ||
        (is_last && moment != last_moment_)) {
        return wrong("it is not recorded when its block is");
    }
    seq_ = place;
    line_ = 0;
    hash_ = cells_[hash];
    moment_ = moment;
    ++records_;
    return {};
}

// The balance grows by the amount on the account's normal side, which every row confirms.
Result<void> EntriesCheck::run_balance(bool is_debit, Amount posted, SignedAmount after) {
    const auto [found, is_new] = accounts_.try_emplace(cells_[account]);
    PostedAccount& running = found->second;
    if (is_new) running.asset = cells_[asset];
    if (running.asset != cells_[asset]) return wrong("its account has another asset");
    const bool is_known = !is_new || manifest_.from == Seq{1};
    if (is_known) {
        const auto change = static_cast<Uint128>(after.minor_units()) -
                            static_cast<Uint128>(running.balance.minor_units());
        const bool grew = change == posted.minor_units();
        const bool fell = Uint128{0} - change == posted.minor_units();
        const int sign = (grew ? 1 : -1) * (is_debit ? 1 : -1);
        const bool fits = (grew || fell) && (running.debit_sign == 0 || sign == running.debit_sign);
        if (!fits) return wrong("its balance is not the one before and its amount");
        running.debit_sign = sign;
    }
    running.balance = after;
    if (add_to(is_debit ? running.debits : running.credits, posted)) return {};
    return wrong("the sum of its account passes 128 bits");
}

}  // namespace daybook::exports
