#include "ledger/decide.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <span>

#include "base/check.h"
#include "ledger/form.h"

// The rungs of each ladder stand in the order of their precedence, most general first.

namespace daybook {

namespace {

// A posting whose account is known to exist.
struct Leg {
    AccountNumber number;
    const Account* account = nullptr;
    Side side = Side::debit;
    Amount amount;
};

void reject(Decision& decision, Rejection rejection, std::uint64_t subject = 0) {
    decision.kind = Decision::Kind::rejected;
    decision.rejection = rejection;
    decision.subject = subject;
    decision.touches.clear();
}

bool is_settled_by_key(const Facts& facts, Decision& decision) {
    if (!facts.prior) return false;
    const bool is_repeat = facts.prior->is_same_command || facts.prior->is_void;
    decision.kind = is_repeat ? Decision::Kind::replayed : Decision::Kind::key_reused;
    return true;
}

// The account number that stands on both sides; none if there is no such.
AccountNumber on_both_sides(std::span<const Leg> legs) {
    for (std::size_t i = 1; i < legs.size(); ++i) {
        const auto is_other_side = [&](const Leg& earlier) {
            return earlier.number == legs[i].number && earlier.side != legs[i].side;
        };
        if (std::ranges::any_of(legs.first(i), is_other_side)) return legs[i].number;
    }
    return {};
}

Rejection check_states(std::span<const Leg> legs, std::uint64_t& subject) {
    for (const auto& leg : legs) {
        if (accepts(leg.account->state, leg.side)) [[likely]]
            continue;
        subject = leg.number.value();
        return leg.account->state == AccountState::closed ? Rejection::account_closed
                                                          : Rejection::account_frozen;
    }
    return Rejection::none;
}

// Sums one asset's debits and credits; `overflow` when a sum does not fit.
Rejection check_asset_balances(std::span<const Leg> legs, AssetNumber asset) {
    Amount debits;
    Amount credits;
    for (const auto& leg : legs) {
        if (leg.account->asset != asset) continue;
        Amount& sum = leg.side == Side::debit ? debits : credits;
        const auto added = checked_add(sum, leg.amount);
        if (!added) return Rejection::overflow;
        sum = *added;
    }
    return debits == credits ? Rejection::none : Rejection::unbalanced;
}

Rejection check_balances(std::span<const Leg> legs) {
    for (std::size_t i = 0; i < legs.size(); ++i) {
        const AssetNumber asset = legs[i].account->asset;
        const auto is_of_asset = [&](const Leg& leg) { return leg.account->asset == asset; };
        if (std::ranges::any_of(legs.first(i), is_of_asset)) continue;  // summed already
        const auto rejection = check_asset_balances(legs, asset);
        if (rejection != Rejection::none) return rejection;
    }
    return Rejection::none;
}

// The account as the touches decided so far leave it.
Touch state_of(const Leg& leg, const std::vector<Touch>& touches) {
    for (const auto& touch : touches | std::views::reverse) {
        if (touch.account == leg.number) return touch;
    }
    return Touch{leg.number, leg.account->version, {}, leg.account->totals};
}

// Adds the touch a leg makes; false when a side total would leave its range.
bool add_touch(const Leg& leg, std::vector<Touch>& touches) {
    Touch touch = state_of(leg, touches);
    const bool is_debit = leg.side == Side::debit;
    Amount& posted = is_debit ? touch.after.posted_debits : touch.after.posted_credits;
    const Amount held = is_debit ? touch.after.held_debits : touch.after.held_credits;
    const auto sum = checked_add(posted, leg.amount);
    if (!sum) return false;
    const auto with_held = checked_add(*sum, held);
    if (!with_held || *with_held > kSideTotalMax) return false;
    posted = *sum;
    ++touch.version;
    touches.push_back(touch);
    return true;
}

// How an account, left as `after`, would break a limit; `none` when it does not.
struct Breach {
    Rejection rejection = Rejection::none;
    SignedAmount balance_before;
    SignedAmount bound;
};

Breach check_min(const Book& book, const Leg& leg, const Totals& after) {
    const Account& account = *leg.account;
    if (account.min == Account::Bound::none) return {};
    const SignedAmount bound = account.min == Account::Bound::in_terms
                                   ? book.terms(leg.number).limits.min.value_or(SignedAmount{})
                                   : SignedAmount{};
    if (available_balance(account.type, after) >= bound) return {};
    return {Rejection::insufficient_funds, available_balance(account.type, account.totals), bound};
}

Breach check_max(const Book& book, const Leg& leg, const Totals& after) {
    const Account& account = *leg.account;
    if (account.max == Account::Bound::none) return {};
    const SignedAmount bound = account.max == Account::Bound::in_terms
                                   ? book.terms(leg.number).limits.max.value_or(SignedAmount{})
                                   : SignedAmount{};
    if (expected_balance(account.type, after) <= bound) return {};
    return {Rejection::limit_exceeded, expected_balance(account.type, account.totals), bound};
}

// Limits are tested on what the whole entry leaves behind, so on each account's last touch.
bool is_within_limits(const Book& book, std::span<const Leg> legs, Decision& decision) {
    for (const auto check : {check_min, check_max}) {
        for (std::size_t i = 0; i < legs.size(); ++i) {
            const bool is_bounded = legs[i].account->min != Account::Bound::none ||
                                    legs[i].account->max != Account::Bound::none;
            if (!is_bounded) continue;
            const Totals after = state_of(legs[i], decision.touches).after;
            const Breach breach = check(book, legs[i], after);
            if (breach.rejection == Rejection::none) continue;
            reject(decision, breach.rejection, legs[i].number.value());
            decision.shortfall = Shortfall{legs[i].number, static_cast<std::uint16_t>(i),
                                           breach.balance_before, breach.bound};
            return false;
        }
    }
    return true;
}

void decide_legs(const Book& book, std::span<const Leg> legs, Decision& decision) {
    const AccountNumber twice = on_both_sides(legs);
    if (!twice.is_none()) return reject(decision, Rejection::same_account, twice.value());

    std::uint64_t subject = 0;
    const Rejection state = check_states(legs, subject);
    if (state != Rejection::none) return reject(decision, state, subject);

    const Rejection balance = check_balances(legs);
    if (balance != Rejection::none) return reject(decision, balance);

    for (const auto& leg : legs) {
        if (!add_touch(leg, decision.touches)) {
            return reject(decision, Rejection::overflow, leg.number.value());
        }
    }
    if (!is_within_limits(book, legs, decision)) return;

    // From here on the command succeeds.
}

void decide_stated(const Book& book, const PostEntry& entry, Decision& decision) {
    std::array<Leg, kPostingsMax> legs;
    CHECK_INVARIANT(entry.postings.size() <= legs.size(), "only well-formed entries are decided");
    std::size_t count = 0;
    for (const auto& posting : entry.postings) {
        const AccountNumber number =
            posting.account.code.empty()
                ? posting.account.number
                : book.find_account(posting.account.code).value_or(AccountNumber{});
        const Account* account = book.find(number);
        if (account == nullptr) {
            return reject(decision, Rejection::account_not_found, posting.account.number.value());
        }
        legs[count++] = Leg{number, account, posting.side, posting.amount};
    }
    decide_legs(book, std::span{legs}.first(count), decision);
}

void decide_stated(const Book& book, const DefineAsset& asset, Decision& decision) {
    const auto number = book.find_asset(asset.code);
    if (number) {
        const bool is_same = book.asset(*number).scale == asset.scale;
        return reject(
            decision,
            is_same ? Rejection::asset_exists : Rejection::asset_exists_with_different_scale,
            number->value());
    }
    // From here on the command succeeds.
    decision.subject = book.asset_count() + 1;
}

void decide_stated(const Book& book, const OpenAccount& stated, Decision& decision) {
    const auto asset = book.find_asset(stated.asset);
    if (!asset) return reject(decision, Rejection::asset_not_found);
    const auto number = book.find_account(stated.code);
    if (number) {
        const Account* account = book.find(*number);
        CHECK_INVARIANT(account != nullptr, "a code names an account");
        const bool is_same = account->asset == *asset && account->type == stated.type &&
                             book.terms(*number).limits == stated.limits;
        return reject(
            decision,
            is_same ? Rejection::account_exists : Rejection::account_exists_with_different_terms,
            number->value());
    }
    // From here on the command succeeds.
    decision.subject = book.account_count() + 1;
}

void decide_stated(const Book& /*book*/, const VoidKey& /*stated*/, Decision& decision) {
    reject(decision, Rejection::voided);
}

void decide_stated(const Book& book, const Transfer& transfer, Decision& decision) {
    const Account* debit = book.find(transfer.debit);
    if (debit == nullptr) {
        return reject(decision, Rejection::account_not_found, transfer.debit.value());
    }
    const Account* credit = book.find(transfer.credit);
    if (credit == nullptr) {
        return reject(decision, Rejection::account_not_found, transfer.credit.value());
    }
    const std::array legs{Leg{transfer.debit, debit, Side::debit, transfer.amount},
                          Leg{transfer.credit, credit, Side::credit, transfer.amount}};
    decide_legs(book, legs, decision);
}

}  // namespace

void Decision::clear() {
    kind = Kind::accepted;
    rejection = Rejection::none;
    subject = 0;
    shortfall.reset();
    touches.clear();
}

void decide(const Book& book, const Facts& facts, const Transfer& transfer, Decision& decision) {
    decision.clear();
    if (is_settled_by_key(facts, decision)) return;
    decide_stated(book, transfer, decision);
}

void decide(const Book& book, const Facts& facts, const Command& command, Decision& decision) {
    decision.clear();
    if (is_settled_by_key(facts, decision)) return;
    std::visit([&](const auto& stated) { decide_stated(book, stated, decision); }, command);
}

void apply_touches(Book& book, Seq seq, Decision& decision) {
    std::uint16_t index = 0;
    for (auto& touch : decision.touches) {
        touch.links = book.install(touch, TouchPointer{seq, index});
        ++index;
    }
}

void apply(Book& book, Seq seq, const Command& command, Decision& decision) {
    CHECK_INVARIANT(decision.kind == Decision::Kind::accepted, "only what was accepted is applied");
    if (const auto* asset = std::get_if<DefineAsset>(&command)) {
        const auto number = book.define_asset(Asset{asset->code, asset->scale});
        CHECK_INVARIANT(number.value() == decision.subject,
                        "the number decided is the number given");
    } else if (const auto* stated = std::get_if<OpenAccount>(&command)) {
        const auto asset_number = book.find_asset(stated->asset);
        CHECK_INVARIANT(asset_number.has_value(), "accounts are opened in assets that exist");
        const auto number = book.open_account(*asset_number, stated->type,
                                              AccountTerms{stated->code, stated->limits, seq});
        CHECK_INVARIANT(number.value() == decision.subject,
                        "the number decided is the number given");
    } else {
        apply_touches(book, seq, decision);
    }
}

}  // namespace daybook
