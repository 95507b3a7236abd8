#include "export/recount.h"

#include <algorithm>

#include "export/ledger_text.h"

namespace daybook::exports {

namespace {

std::unexpected<Error> wrong(const std::string& what) {
    return fail(ErrorCode::bad_input, what);
}

bool add_to(Amount& sum, Amount amount) {
    const auto total = checked_add(sum, amount);
    if (total) sum = *total;
    return total.has_value();
}

}  // namespace

Recount::Recount(const Manifest& manifest)
    : manifest_{manifest},
      first_day_{day_of(manifest.first_block.stamp)},
      last_day_{day_of(manifest.last_block.stamp)} {}

Result<void> Recount::define(std::string_view code, std::string_view name, std::size_t scale) {
    const std::size_t place = assets_.size();
    const bool is_next = place < manifest_.totals.size() && manifest_.totals[place].asset == code &&
                         manifest_.totals[place].scale == scale;
    if (!is_next) return wrong("it is not the manifest's next asset");
    if (std::ranges::find(assets_, name, &Asset::name) != assets_.end()) {
        return wrong("its name is that of another asset");
    }
    assets_.push_back({std::string{name}, {}, {}});
    return {};
}

Result<void> Recount::open(std::string_view account) {
    if (accounts_.try_emplace(std::string{account}).second) return {};
    return wrong("its account is there already");
}

Result<void> Recount::begin(std::string_view day, Seq seq) {
    if (auto ended = end_transaction(); !ended) return ended;
    if (day.size() != first_day_.size() || day < day_ || day < first_day_ || day > last_day_) {
        return wrong("its day is not where it belongs");
    }
    const bool is_opening = seq == Seq{};
    if (is_opening ? has_begun_ || manifest_.from == Seq{1}
                   : seq <= seq_ || seq < manifest_.from || seq > manifest_.to) {
        return wrong("its seq is not where it belongs");
    }
    has_begun_ = true;
    day_ = day;
    seq_ = seq;
    records_ += is_opening ? 0 : 1;
    return {};
}

Result<std::size_t> Recount::place_of(Account& account, std::string_view asset) const {
    const auto found = std::ranges::find(assets_, asset, &Asset::name);
    if (found == assets_.end()) return wrong("its asset was not defined");
    const auto place = static_cast<std::size_t>(found - assets_.begin()) + 1;
    if (account.asset == 0) account.asset = place;
    if (account.asset != place) return wrong("its account has another asset");
    return place;
}

Result<Recount::Signed> Recount::read_amount(std::string_view text, std::size_t place) const {
    const unsigned scale = manifest_.totals[place - 1].scale;
    const bool is_negative = text.starts_with('-');
    const auto digits = text.substr(is_negative ? 1 : 0);
    const auto size = parse_decimal(digits, scale);
    if (!size || to_decimal(*size, scale) != digits || (is_negative && size->is_zero())) {
        return wrong("its amount is not written as an export writes it");
    }
    return Signed{is_negative, *size};
}

Result<void> Recount::post(std::string_view account, std::string_view amount,
                           std::string_view asset) {
    key_ = account;
    const auto found = accounts_.find(key_);
    if (!has_begun_ || found == accounts_.end()) return wrong("its account was not opened");
    Account& posted = found->second;
    if (posted.is_asserted) return wrong("its account was said to be at its last balance");
    const auto place = place_of(posted, asset);
    if (!place) return std::unexpected{place.error()};
    const auto value = read_amount(amount, *place);
    if (!value) return std::unexpected{value.error()};
    if (value->size.is_zero()) return wrong("it posts nothing");
    Asset& sums = assets_[*place - 1];
    const bool is_in_cut = seq_ != Seq{};
    for (Sums* to : {&posted.sums, &sums.of_transaction, is_in_cut ? &sums.of_cut : nullptr}) {
        if (to == nullptr) continue;
        if (!add_to(value->is_negative ? to->credits : to->debits, value->size)) {
            return wrong("the sum of its asset passes 128 bits");
        }
    }
    posted.is_posted |= is_in_cut;
    postings_ += is_in_cut ? 1 : 0;
    return {};
}

Result<void> Recount::assert_balance(std::string_view account, std::string_view amount,
                                     std::string_view asset) {
    key_ = account;
    const auto found = accounts_.find(key_);
    if (found == accounts_.end()) return wrong("its account was not opened");
    const auto place = place_of(found->second, asset);
    if (!place) return std::unexpected{place.error()};
    const auto value = read_amount(amount, *place);
    if (!value) return std::unexpected{value.error()};
    if (found->second.is_asserted) return wrong("its account was said to be at its last balance");
    found->second.is_asserted = true;
    const auto& [debits, credits] = found->second.sums;
    const auto balance =
        value->is_negative ? checked_subtract(credits, debits) : checked_subtract(debits, credits);
    if (balance == std::optional{value->size}) return {};
    return wrong("its balance is not the sum of what was posted to its account");
}

Result<void> Recount::end_transaction() {
    for (std::size_t i = 0; i < assets_.size(); ++i) {
        Sums& sums = assets_[i].of_transaction;
        if (sums.debits != sums.credits) {
            return wrong("debits and credits of " + manifest_.totals[i].asset +
                         " are not equal in the transaction before it");
        }
        sums = {};
    }
    return {};
}

Result<void> Recount::end() {
    if (auto ended = end_transaction(); !ended) return ended;
    std::string missing;
    for (const auto& [name, account] : accounts_) {
        const bool is_missing = account.is_posted && !account.is_asserted;
        if (is_missing && (missing.empty() || name < missing)) missing = name;
    }
    if (missing.empty()) return {};
    return wrong("no balance of account '" + missing + "' is asserted");
}

Manifest Recount::recomputed() const {
    Manifest made = manifest_;
    made.counts.postings = postings_;
    // A record without a posting is not there, so that only too few of them can be noticed.
    made.counts.accepted = std::max(made.counts.accepted, records_);
    made.totals.resize(assets_.size());
    for (std::size_t i = 0; i < assets_.size(); ++i) {
        made.totals[i].debits = assets_[i].of_cut.debits;
        made.totals[i].credits = assets_[i].of_cut.credits;
    }
    return made;
}

}  // namespace daybook::exports
