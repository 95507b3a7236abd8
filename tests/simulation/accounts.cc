#include "tests/simulation/accounts.h"

#include <variant>

namespace daybook::simulation {

namespace {

Uint128 growth(Amount after, Amount before) {
    return after.minor_units() - before.minor_units();
}

bool grows_by_debits(AccountType type) {
    return type == AccountType::asset || type == AccountType::expense;
}

// Posted on the normal side, less what is held to go out.
Int128 available(AccountType type, const Totals& totals) {
    const auto net = static_cast<Int128>(growth(totals.posted_debits, totals.posted_credits));
    return grows_by_debits(type) ? net - static_cast<Int128>(totals.held_credits.minor_units())
                                 : -net - static_cast<Int128>(totals.held_debits.minor_units());
}

// Posted on the normal side, and what is held to come in.
Int128 expected(AccountType type, const Totals& totals) {
    const auto net = static_cast<Int128>(growth(totals.posted_debits, totals.posted_credits));
    return grows_by_debits(type) ? net + static_cast<Int128>(totals.held_debits.minor_units())
                                 : -net + static_cast<Int128>(totals.held_credits.minor_units());
}

// The amount that the accepted command must have posted, on each side; nothing when the record has
// to say.
std::optional<Uint128> amount_of(const Command& command) {
    if (const auto* transfer = std::get_if<Transfer>(&command)) {
        if (transfer->balancing != Balancing::none) return std::nullopt;
        return transfer->amount.minor_units();
    }
    const auto* entry = std::get_if<PostEntry>(&command);
    if (entry == nullptr || entry->balancing != Balancing::none) return std::nullopt;
    Uint128 debits = 0;
    for (const Posting& posting : entry->postings) {
        if (posting.side == Side::debit) debits += posting.amount.minor_units();
    }
    return debits;
}

bool is_entry_or_hold(CommandKind kind) {
    return kind == CommandKind::transfer || kind == CommandKind::post_entry ||
           kind == CommandKind::place_hold;
}

}  // namespace

const Accounts::Account* Accounts::find(AccountNumber number) const {
    return number.is_none() || number.value() > accounts_.size() ? nullptr
                                                                 : &accounts_[number.value() - 1];
}

std::optional<std::size_t> Accounts::place_of(const AccountRef& account) const {
    if (!account.number.is_none()) return account.number.value() - 1;
    const auto at = codes_.find(account.code);
    return at == codes_.end() ? std::nullopt : std::optional{at->second};
}

void Accounts::open(const OpenAccount& opened) {
    codes_.emplace(opened.code, accounts_.size());
    accounts_.push_back({.asset = opened.asset,
                         .type = opened.type,
                         .limits = opened.limits,
                         .totals = {},
                         .version = 0,
                         .last = {}});
}

void Accounts::limit(const SetLimits& stated) {
    const auto place = place_of(stated.account);
    if (place && *place < accounts_.size()) accounts_[*place].limits = stated.limits;
}

void Accounts::take_member(const Member& member) {
    if (const auto* opened = std::get_if<OpenAccount>(&member)) open(*opened);
    if (const auto* limited = std::get_if<SetLimits>(&member)) limit(*limited);
}

void Accounts::take_terms(const Command& command) {
    if (const auto* opened = std::get_if<OpenAccount>(&command)) open(*opened);
    if (const auto* limited = std::get_if<SetLimits>(&command)) limit(*limited);
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        for (const Member& member : atomic->members)
            take_member(member);
    }
}

std::string Accounts::take_touch(const schema::RecordView& record, std::size_t index,
                                 std::map<std::string, Change>& changes, bool keeps_limits) {
    const Touch touch = record.touch(index);
    if (find(touch.account) == nullptr) return "it touches an account that nobody opened";
    Account& account = accounts_[touch.account.value() - 1];
    if (touch.version != account.version + 1) return "a version is not the next";
    if (touch.links.prev != account.last) return "a back pointer is not to the touch before";
    const Totals& before = account.totals;
    const Totals& after = touch.after;
    if (after.posted_debits < before.posted_debits || after.posted_credits < before.posted_credits)
        return "what is posted became less";
    if (keeps_limits) {
        const Int128 left = available(account.type, after);
        const Int128 filled = expected(account.type, after);
        const Limits& limits = account.limits;
        if (limits.min && left < limits.min->minor_units() &&
            left < available(account.type, before))
            return "an account falls below its minimum";
        if (limits.max && filled > limits.max->minor_units() &&
            filled > expected(account.type, before))
            return "an account rises above its maximum";
    }
    Change& change = changes[account.asset];
    change.posted_debits += growth(after.posted_debits, before.posted_debits);
    change.posted_credits += growth(after.posted_credits, before.posted_credits);
    change.held_debits += growth(after.held_debits, before.held_debits);
    change.held_credits += growth(after.held_credits, before.held_credits);
    account.totals = after;
    account.version = touch.version;
    account.last = TouchPointer{record.seq(), static_cast<std::uint16_t>(index)};
    return {};
}

// An accepted transfer debits the one it names and credits the other, with one touch each.
std::string Accounts::check_transfer(const schema::RecordView& record,
                                     const Transfer& transfer) const {
    const bool is_there = record.touch_count() == 2 && record.touch(0).account == transfer.debit &&
                          record.touch(1).account == transfer.credit;
    if (!is_there) return "a transfer touches other accounts than it names";
    const auto* debited = find(transfer.debit);
    const auto* credited = find(transfer.credit);
    if (debited == nullptr || credited == nullptr) return "a transfer is between nobody";
    const bool is_right_way =
        record.touch(0).after.posted_debits > debited->totals.posted_debits &&
        record.touch(1).after.posted_credits > credited->totals.posted_credits;
    return is_right_way ? "" : "a transfer goes the other way";
}

std::string Accounts::take(const schema::RecordView& record, const Command& command) {
    if (const auto* transfer = std::get_if<Transfer>(&command)) {
        auto found = check_transfer(record, *transfer);
        if (!found.empty()) return found;
    }
    take_terms(command);
    std::map<std::string, Change> changes;
    // Only the last touch of an account need be within: those of more are not looked at.
    const bool keeps_limits = is_entry_or_hold(record.kind()) && record.touch_count() == 2 &&
                              record.touch(0).account != record.touch(1).account;
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        auto wrong = take_touch(record, i, changes, keeps_limits);
        if (!wrong.empty()) return wrong;
    }
    Uint128 posted = 0;
    for (const auto& [asset, change] : changes) {
        if (change.posted_debits != change.posted_credits) return asset + " does not balance";
        if (change.held_debits != change.held_credits) return asset + " is held on one side";
        posted += change.posted_debits;
    }
    const auto stated = amount_of(command);
    if (stated && *stated != posted) return "it posts another amount than it states";
    return {};
}

}  // namespace daybook::simulation
