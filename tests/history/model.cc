#include "tests/history/model.h"

#include <algorithm>

namespace daybook::history {

namespace {

constexpr std::uint16_t kHoldNotFound = 17;
constexpr std::uint16_t kHoldCaptured = 18;
constexpr std::uint16_t kHoldReleased = 19;
constexpr std::uint16_t kExceedsHold = 21;
constexpr std::uint16_t kEntryNotFound = 23;
constexpr std::uint16_t kReversalOfReversal = 24;
constexpr std::uint16_t kAlreadyReversed = 26;
constexpr std::uint16_t kExceedsOriginal = 27;
constexpr std::uint16_t kUnlimited = 0;  // the account that pays in

Answer refusal(std::uint16_t code) {
    Answer answer;
    answer.code = code;
    return answer;
}

bool is_reversal(Kind kind) {
    return kind == Kind::reverse || kind == Kind::reverse_part;
}

bool is_capture(Kind kind) {
    return kind == Kind::capture || kind == Kind::capture_finally;
}

}  // namespace

bool Answer::agrees(const Call& call, const Reply& reply) const {
    if (reply.code != code || (reply.verdict == 1) != (code == 0)) return false;
    if (reply.taken != taken || reply.subject != subject || reply.stood != stood) return false;
    if (code != 0 || call.wants_touches == 0) return reply.touches == 0;
    return reply.touches == 2 && reply.touched[0] == touched[0] && reply.touched[1] == touched[1];
}

std::int64_t Bank::available(std::uint16_t account) const {
    const Touched& of = accounts_[account];
    return of.posted_credits - of.posted_debits - of.held_debits;
}

bool Bank::lacks(std::uint16_t account, std::int64_t amount, Answer& answer) const {
    if (account == kUnlimited || available(account) >= amount) return false;
    answer = refusal(kInsufficientFunds);
    answer.subject = account;
    answer.stood = available(account);
    return true;
}

// Both sides after `posted` more was posted and `held` more was held.
Answer Bank::moved(std::uint16_t debit, std::uint16_t credit, std::int64_t posted,
                   std::int64_t held) const {
    Answer answer;
    answer.touched = {accounts_[debit], accounts_[credit]};
    for (auto& touched : answer.touched)
        ++touched.version;
    answer.touched[0].posted_debits += posted;
    answer.touched[0].held_debits += held;
    answer.touched[1].posted_credits += posted;
    answer.touched[1].held_credits += held;
    return answer;
}

Answer Bank::decide(const Call& call) const {
    Answer answer;
    if (call.measure != Measure::none) {
        const bool is_version = call.measure == Measure::version_is;
        const auto stands = is_version ? static_cast<std::int64_t>(accounts_[call.measured].version)
                                       : available(call.measured);
        if (is_version ? stands != call.demanded : stands < call.demanded) {
            answer.code = kPreconditionFailed;
            answer.subject = call.measured;
            answer.stood = stands;
            return answer;
        }
    }
    std::int64_t amount = call.amount;
    switch (call.kind) {
        case Kind::take:
            amount = std::min(amount, available(call.debit));
            if (amount <= 0) amount = call.amount;  // and so it lacks
            if (lacks(call.debit, amount, answer)) return answer;
            answer = moved(call.debit, call.credit, amount, 0);
            answer.taken = amount;
            return answer;
        case Kind::transfer:
        case Kind::entry:
            return lacks(call.debit, amount, answer) ? answer
                                                     : moved(call.debit, call.credit, amount, 0);
        case Kind::place:
            return lacks(call.debit, amount, answer) ? answer
                                                     : moved(call.debit, call.credit, 0, amount);
        case Kind::capture:
        case Kind::capture_finally:
        case Kind::release:
            return decide_capture(call);
        case Kind::reverse:
        case Kind::reverse_part:
            return decide_reversal(call);
    }
    return answer;
}

Answer Bank::decide_capture(const Call& call) const {
    const auto found = holds_.find(call.name);
    if (found == holds_.end()) return refusal(kHoldNotFound);
    const Hold& hold = found->second;
    if (hold.standing == Standing::captured) return refusal(kHoldCaptured);
    if (hold.standing == Standing::released) return refusal(kHoldReleased);
    if (call.kind == Kind::release) return moved(hold.debit, hold.credit, 0, -hold.remaining);
    if (call.amount > hold.remaining) return refusal(kExceedsHold);
    const std::int64_t off = call.kind == Kind::capture_finally ? hold.remaining : call.amount;
    Answer answer = moved(hold.debit, hold.credit, call.amount, -off);
    answer.taken = call.amount;
    return answer;
}

Answer Bank::decide_reversal(const Call& call) const {
    const auto found = entries_.find(call.name);
    if (found == entries_.end()) return refusal(kEntryNotFound);
    const Entry& entry = found->second;
    if (entry.is_reversal) return refusal(kReversalOfReversal);
    const std::int64_t left = entry.amount - entry.reversed;
    if (left == 0) return refusal(kAlreadyReversed);
    const std::int64_t amount = call.kind == Kind::reverse ? left : call.amount;
    if (amount > left) return refusal(kExceedsOriginal);
    Answer answer;
    if (lacks(entry.credit, amount, answer)) return answer;
    answer = moved(entry.credit, entry.debit, amount, 0);
    std::swap(answer.touched[0], answer.touched[1]);  // in the order of the original's postings
    answer.taken = amount;
    return answer;
}

Answer Bank::effect(const Call& call, std::int64_t taken) const {
    Answer answer;
    if (call.kind == Kind::place) {
        answer = moved(call.debit, call.credit, 0, call.amount);
    } else if (is_capture(call.kind) || call.kind == Kind::release) {
        answer = decide_capture(call);
    } else if (is_reversal(call.kind)) {
        const auto found = entries_.find(call.name);
        if (found == entries_.end()) return refusal(kEntryNotFound);
        answer = moved(found->second.credit, found->second.debit, taken, 0);
        std::swap(answer.touched[0], answer.touched[1]);
    } else {
        answer = moved(call.debit, call.credit, call.kind == Kind::take ? taken : call.amount, 0);
    }
    answer.taken = taken;
    return answer;
}

void Bank::apply(const Call& call, const Answer& answer, std::uint64_t name) {
    Undo undo{answer.touched, call.kind, answer.code == 0, name, call.name, {}, {}};
    if (!undo.was_accepted) return undo_.push_back(undo);
    for (std::size_t i = 0; i < 2; ++i) {
        undo.touched[i] = accounts_[answer.touched[i].account];
        accounts_[answer.touched[i].account] = answer.touched[i];
    }
    const auto debit = static_cast<std::uint16_t>(answer.touched[0].account);
    const auto credit = static_cast<std::uint16_t>(answer.touched[1].account);
    if (call.kind == Kind::place) {
        holds_[name] = {debit, credit, call.amount, Standing::open};
    } else if (is_capture(call.kind) || call.kind == Kind::release) {
        Hold& hold = holds_[call.name];
        undo.hold = hold;
        hold.remaining -= call.kind == Kind::capture ? answer.taken : hold.remaining;
        if (hold.remaining == 0)
            hold.standing = call.kind == Kind::release ? Standing::released : Standing::captured;
    } else if (is_reversal(call.kind)) {
        undo.entry = entries_[call.name];
        entries_[call.name].reversed += answer.taken;
    }
    if (call.kind != Kind::place && call.kind != Kind::release) {
        const bool has_stated = call.kind == Kind::transfer || call.kind == Kind::entry;
        entries_[name] = {debit, credit, has_stated ? call.amount : answer.taken, 0,
                          is_reversal(call.kind)};
    }
    undo_.push_back(undo);
}

void Bank::take_back() {
    const Undo undo = undo_.back();
    undo_.pop_back();
    if (!undo.was_accepted) return;
    for (const auto& before : undo.touched)
        accounts_[before.account] = before;
    if (undo.kind == Kind::place)
        holds_.erase(undo.name);
    else if (undo.kind == Kind::release || is_capture(undo.kind))
        holds_[undo.target] = undo.hold;
    else if (is_reversal(undo.kind))
        entries_[undo.target] = undo.entry;
    if (undo.kind != Kind::place && undo.kind != Kind::release) entries_.erase(undo.name);
}

}  // namespace daybook::history
