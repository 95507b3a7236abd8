#include "tests/history/workload.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace daybook::history {

namespace {

constexpr std::uint64_t kAmountMax = 250;
constexpr std::size_t kRememberedMax = 200;
constexpr std::uint64_t kShared = std::uint64_t{1} << 63;

template <typename T>
void remember(std::vector<T>& list, const T& item) {
    if (list.size() >= kRememberedMax) list.erase(list.begin(), list.begin() + kRememberedMax / 2);
    list.push_back(item);
}

AccountRef account(std::uint16_t index, std::uint64_t first_account) {
    return {AccountNumber{first_account + index}, {}};
}

}  // namespace

Workload::Workload(std::uint64_t seed, std::uint16_t client, std::uint16_t accounts,
                   Meeting& meeting)
    : random_{seed * 1000 + client},
      seed_{seed},
      client_{client},
      accounts_{accounts},
      meeting_{meeting},
      versions_(accounts) {}

// The first account pays in and then stands aside, so that the others' total stays the same.
void Workload::choose_accounts(Call& call, bench::Random& random) const {
    const std::uint64_t others = accounts_ - std::uint64_t{1};
    const std::uint64_t debit = random.below(others);
    call.debit = static_cast<std::uint16_t>(1 + debit);
    call.credit = static_cast<std::uint16_t>(1 + (debit + 1 + random.below(others - 1)) % others);
    call.amount = static_cast<std::int64_t>(1 + random.below(kAmountMax));
}

Call Workload::new_transfer() {
    Call call;
    call.key[0] = seed_;
    call.key[1] = (std::uint64_t{client_} << 40) | ++keys_;
    choose_accounts(call, random_);
    if (chance(10)) call.kind = Kind::take;
    return call;
}

// A double click: who comes first decides for what the key stands.
Call Workload::shared_transfer() {
    const std::uint64_t newest = chance(2) ? ++meeting_.keys : meeting_.keys.load();
    const std::uint64_t number = newest - std::min(newest, random_.below(6));
    bench::Random same{seed_ ^ (number * 0x9e3779b97f4a7c15)};
    Call call;
    call.key[0] = seed_;
    call.key[1] = kShared | number;
    choose_accounts(call, same);
    if (chance(5)) ++call.amount;
    return call;
}

std::uint64_t Workload::some_name(const std::vector<std::uint64_t>& own) {
    if (!own.empty() && !chance(10))
        return own[own.size() - 1 - random_.below(std::min<std::size_t>(own.size(), 12))];
    const std::uint64_t back = random_.below(300);
    return std::max(newest_seq_ - std::min(newest_seq_, back), meeting_.first_seq);
}

void Workload::demand_something(Call& call) {
    call.measured = static_cast<std::uint16_t>(1 + random_.below(accounts_ - std::uint64_t{1}));
    call.measure = chance(2) ? Measure::version_is : Measure::available_from;
    call.demanded = call.measure == Measure::version_is
                        ? static_cast<std::int64_t>(versions_[call.measured])
                        : static_cast<std::int64_t>(random_.below(2000));
}

Call Workload::new_command() {
    Call call = new_transfer();
    constexpr Kind kKinds[] = {
        Kind::entry,   Kind::entry,           Kind::place,   Kind::place,   Kind::place,
        Kind::capture, Kind::capture_finally, Kind::release, Kind::reverse, Kind::reverse_part};
    call.kind = kKinds[random_.below(std::size(kKinds))];
    if (call.kind != Kind::entry && call.kind != Kind::place) {
        const bool is_reversal = call.kind == Kind::reverse || call.kind == Kind::reverse_part;
        call.name = some_name(is_reversal ? entries_ : holds_);
        call.debit = call.credit = kNoAccount;
        call.amount = static_cast<std::int64_t>(1 + random_.below(kAmountMax / 2));
        if (call.kind == Kind::release || call.kind == Kind::reverse) call.amount = 0;
    }
    if (chance(4)) demand_something(call);
    return call;
}

std::vector<Call> Workload::next_message(std::size_t calls_max, bool wants_touches) {
    const bool are_transfers = chance(2);
    auto& stated = are_transfers ? transfers_ : commands_;
    const std::size_t count = 1 + random_.below(calls_max);
    std::vector<Call> message;
    while (message.size() < count) {
        const auto dice = random_.below(40);
        Call call;
        if (dice < 3 && !stated.empty()) {
            call = stated[random_.below(stated.size())];
            if (dice == 0) call.amount += call.amount != 0 ? 1 : 0;
        } else if (are_transfers && dice < 6) {
            call = shared_transfer();
        } else {
            call = are_transfers ? new_transfer() : new_command();
            remember(stated, call);
        }
        call.wants_touches = wants_touches ? 1 : 0;
        message.push_back(call);
    }
    return message;
}

void Workload::learn(const Call& call, const Reply& reply) {
    newest_seq_ = std::max(newest_seq_, reply.seq);
    for (std::size_t i = 0; i < reply.touches; ++i)
        versions_[reply.touched[i].account] = reply.touched[i].version;
    if (reply.verdict != 1 || reply.is_replay != 0) return;
    if (call.kind == Kind::place)
        remember(holds_, reply.seq);
    else
        remember(entries_, reply.seq);
}

bool is_transfer(Kind kind) {
    return kind == Kind::transfer || kind == Kind::take;
}

Transfer transfer_of(const Call& call, std::uint64_t first_account) {
    return {.key = std::bit_cast<Id128>(call.key),
            .debit = AccountNumber{first_account + call.debit},
            .credit = AccountNumber{first_account + call.credit},
            .amount = Amount{static_cast<Uint128>(call.amount)},
            .tag = {},
            .effective_at = {},
            .balancing = call.kind == Kind::take ? Balancing::debit : Balancing::none};
}

Command command_of(const Call& call, std::uint64_t first_account) {
    const auto key = std::bit_cast<Id128>(call.key);
    const Amount amount{static_cast<Uint128>(call.amount)};
    const EntryId name{Seq{call.name}, 0};
    Preconditions require;
    if (call.measure != Measure::none) {
        const bool is_version = call.measure == Measure::version_is;
        require.push_back({account(call.measured, first_account),
                           is_version ? daybook::Measure::version : daybook::Measure::available,
                           is_version ? Comparison::eq : Comparison::gte,
                           SignedAmount{call.demanded}});
    }
    switch (call.kind) {
        case Kind::entry:
            return PostEntry{
                .key = key,
                .postings = {{account(call.debit, first_account), Side::debit, amount},
                             {account(call.credit, first_account), Side::credit, amount}},
                .require = require};
        case Kind::place:
            return PlaceHold{.key = key,
                             .debit = account(call.debit, first_account),
                             .credit = account(call.credit, first_account),
                             .amount = amount,
                             .expires_at = {},
                             .require = require};
        case Kind::capture:
        case Kind::capture_finally:
            return CaptureHold{.key = key,
                               .hold = name,
                               .amount = amount,
                               .is_final = call.kind == Kind::capture_finally,
                               .require = require};
        case Kind::release:
            return ReleaseHold{.key = key, .hold = name, .require = require};
        case Kind::reverse:
            return ReverseEntry{.key = key, .entry = name, .require = require};
        case Kind::reverse_part:
            return ReverseEntry{
                .key = key, .entry = name, .amounts = {amount, amount}, .require = require};
        case Kind::transfer:
        case Kind::take:
            break;
    }
    return transfer_of(call, first_account);
}

}  // namespace daybook::history
