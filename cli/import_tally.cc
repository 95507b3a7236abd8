#include "cli/import_tally.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

void add_to(ImportTally::Sums& sums, const CzechRow& row) {
    Amount& sum = row.side == Side::debit ? sums.debits : sums.credits;
    const auto added = checked_add(sum, row.amount);
    CHECK_INVARIANT(added.has_value(), "the ledger took it, so the sum fits");
    sum = *added;
}

}  // namespace

void ImportTally::add(const CzechRow& row, const schema::Receipt& receipt) {
    ++rows_;
    last_seq_ = std::max(last_seq_, receipt.seq);
    if (receipt.verdict != Verdict::accepted) {
        ++rejected_[std::string{name_of_code(receipt.code)}];
        return;
    }
    ++(receipt.seq > before_ ? accepted_ : replayed_);
    add_to(sums_, row);
    Customer& customer = customers_[row.customer];
    add_to(customer.rows, row);
    ++customer.row_count;
    add_after_image(customer, row, receipt);
}

// Touches stand in the order of the postings: the debit first (czech_entry).
void ImportTally::add_after_image(Customer& customer, const CzechRow& row,
                                  const schema::Receipt& receipt) {
    const std::size_t place = row.side == Side::debit ? 0 : 1;
    if (receipt.touches.size() <= place) return;
    const Touch& touch = receipt.touches[place];
    if (touch.version <= customer.version) return;
    customer.version = touch.version;
    customer.ledger = touch.after;
}

std::uint64_t ImportTally::rejected_count() const {
    std::uint64_t count = 0;
    for (const auto& [reason, rows] : rejected_)
        count += rows;
    return count;
}

ImportTally::Check ImportTally::check() const {
    Check result;
    for (const auto& [code, customer] : customers_) {
        if (customer.version > customer.row_count) {
            ++result.mixed;
        } else if (customer.version == customer.row_count &&
                   customer.ledger.posted_debits == customer.rows.debits &&
                   customer.ledger.posted_credits == customer.rows.credits) {
            ++result.equal;
        } else {
            ++result.different;
            const bool is_first = result.different == 1 || code < result.first_different;
            if (is_first) result.first_different = code;
        }
    }
    return result;
}

}  // namespace daybook::cli
