#include "ledger/decide.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/draft.h"
#include "ledger/rules.h"

namespace daybook {

namespace {

bool is_settled_by_key(const Facts& facts, Decision& decision) {
    if (!facts.prior) return false;
    const bool is_repeat = facts.prior->is_same_command || facts.prior->is_void;
    decision.kind = is_repeat ? Decision::Kind::replayed : Decision::Kind::key_reused;
    return true;
}

SignedAmount measured(const Draft& draft, AccountNumber number, Measure measure) {
    const Standing& account = *draft.find(number);
    switch (measure) {
        case Measure::version:
            return SignedAmount{0, draft.version(number, account)};
        case Measure::posted:
            return posted_balance(account.type, draft.totals(number, account));
        case Measure::available:
            return available_balance(account.type, draft.totals(number, account));
    }
    return {};
}

bool compares(SignedAmount left, Comparison comparison, SignedAmount right) {
    switch (comparison) {
        case Comparison::eq:
            return left == right;
        case Comparison::gt:
            return left > right;
        case Comparison::gte:
            return left >= right;
        case Comparison::lt:
            return left < right;
        case Comparison::lte:
            return left <= right;
    }
    return false;
}

// The checks below are false when they have rejected.

bool check_require(Draft& draft, const Preconditions& require) {
    std::uint16_t index = 0;
    for (const auto& condition : require) {
        const AccountNumber number = draft.resolve(condition.account);
        if (number.is_none()) {
            draft.reject(Rejection::account_not_found, condition.account.number.value());
            return false;
        }
        const SignedAmount value = measured(draft, number, condition.measure);
        if (!compares(value, condition.comparison, condition.value)) {
            draft.reject(Rejection::precondition_failed, number.value(),
                         {.kind = RemarkKind::unmet,
                          .index = index,
                          .subject = number.value(),
                          .x = value,
                          .y = condition.value});
            return false;
        }
        ++index;
    }
    return true;
}

bool check_reference(Draft& draft, const Particulars& particulars) {
    if (!particulars.is_reference_unique) return true;
    const auto& used = draft.facts().used_references;
    const auto found =
        std::ranges::find(used, particulars.reference, &Facts::UsedReference::reference);
    const bool is_of_earlier_seq = found != used.end();
    if (!is_of_earlier_seq && !draft.has_reference(particulars.reference)) return true;
    const Seq seq = is_of_earlier_seq ? found->seq : draft.turn().seq;
    draft.reject(Rejection::reference_exists, seq.value());
    return false;
}

template <typename Stated>
void decide_in_full(Draft& draft, const Stated& stated) {
    if constexpr (requires { stated.require; }) {
        if (!check_require(draft, stated.require)) return;
    }
    if constexpr (requires { stated.particulars; }) {
        if (!check_reference(draft, stated.particulars)) return;
        draft.note_reference(stated.particulars.reference);
    }
    decide_stated(draft, stated);
}

void decide_in_full(Draft& draft, const VoidKey& /*stated*/) {
    draft.reject(Rejection::voided);
}

void decide_in_full(Draft& draft, const Atomic& atomic) {
    if (!check_require(draft, atomic.require)) return;
    for (std::size_t i = 0; i < atomic.members.size(); ++i) {
        draft.begin_member(static_cast<std::uint16_t>(i));
        std::visit([&](const auto& stated) { decide_in_full(draft, stated); }, atomic.members[i]);
        if (draft.is_rejected()) return;
        if (draft.decision().touches.size() > kTouchesMax) {
            return draft.reject(Rejection::too_many_touches);
        }
    }
}

}  // namespace

void Changes::clear() {
    assets.clear();
    accounts.clear();
    holds.clear();
    entries.clear();
}

void Decision::clear() {
    kind = Kind::accepted;
    rejection = Rejection::none;
    subject = 0;
    remarks.clear();
    touches.clear();
    changes.clear();
}

void decide(const Book& book, const Transfer& transfer, const Turn& turn, Decision& decision) {
    static const Facts kNone;
    decision.clear();
    Draft draft{book, kNone, turn, decision};
    decide_stated(draft, transfer);
}

void decide(const Book& book, const Facts& facts, const Command& command, const Turn& turn,
            Decision& decision) {
    decision.clear();
    if (is_settled_by_key(facts, decision)) return;
    Draft draft{book, facts, turn, decision};
    std::visit([&](const auto& stated) { decide_in_full(draft, stated); }, command);
}

void apply_touches(Book& book, Seq seq, Decision& decision) {
    std::uint16_t index = 0;
    for (auto& touch : decision.touches) {
        touch.links = book.install(touch, TouchPointer{seq, index});
        ++index;
    }
}

void apply(Book& book, Seq seq, Decision& decision) {
    CHECK_INVARIANT(decision.is_accepted(), "only what was accepted is applied");
    Changes& changes = decision.changes;
    for (auto& asset : changes.assets)
        book.define_asset(asset);
    for (auto& changed : changes.accounts) {
        const auto& [number, is_new, standing, code, limits] = changed;
        if (is_new) {
            const auto given =
                book.open_account(standing.asset, standing.type, AccountTerms{code, limits, seq});
            CHECK_INVARIANT(given == number, "the number decided is the number given");
        }
        book.set_state(number, standing.state);
        book.set_limits(number, limits);
    }
    for (const auto& [id, hold] : changes.holds)
        book.holds().put(id, hold);
    for (auto& entry : changes.entries)
        book.set_reversed(entry.id, std::move(entry.reversed));
    apply_touches(book, seq, decision);
}

}  // namespace daybook
