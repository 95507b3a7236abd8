// Commands, decisions and bytes to try the codec with.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "ledger/decide.h"

namespace daybook::schema {

constexpr Id128 id_of(std::uint8_t first) {
    Id128 id;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(first + i);
    }
    return id;
}

inline std::string hex_of(Bytes bytes) {
    return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

inline std::vector<std::byte> copy_of(Bytes bytes) {
    return {bytes.begin(), bytes.end()};
}

inline Transfer sample_transfer() {
    return {id_of(0x10),     AccountNumber{3}, AccountNumber{0x0102030405060708},
            Amount{5, 1000}, id_of(0x80),      Stamp{-2}};
}

inline DefineAsset sample_asset() {
    return {id_of(1), "USD", 2};
}

inline OpenAccount sample_account() {
    return {id_of(2),
            "users:alice",
            "USD",
            AccountType::liability,
            {SignedAmount{Int128{-5}}, SignedAmount{Int128{1000}}}};
}

inline PostEntry sample_entry() {
    return {id_of(3),
            {{{AccountNumber{7}, {}}, Side::debit, Amount{0, 30}},
             {{{}, "users:alice"}, Side::credit, Amount{0, 10}},
             {{{}, "fees"}, Side::credit, Amount{0, 20}}},
            {.reference = "order 7",
             .description = "Grüße",
             .tag = id_of(0xa0),
             .effective_at = Stamp{1'700'000'000'000'000'000}}};
}

inline Particulars sample_particulars() {
    return {.reference = "inv-1",
            .is_reference_unique = true,
            .description = "Miete",
            .tag = id_of(0xa0),
            .effective_at = Stamp{-5}};
}

inline Preconditions sample_require() {
    return {{{AccountNumber{3}, {}}, Measure::version, Comparison::eq, SignedAmount{Int128{4}}},
            {{{}, "users:alice"}, Measure::available, Comparison::gte, SignedAmount{Int128{-1}}}};
}

inline PlaceHold sample_hold() {
    return {id_of(5),
            {{}, "users:alice"},
            {AccountNumber{7}, {}},
            Amount{1, 2},
            Stamp{1'800'000'000'000'000'000},
            sample_particulars(),
            sample_require()};
}

inline PostEntry sample_exchange() {
    PostEntry entry = sample_entry();
    entry.rate = Rate{9137, 10000, Rounding::half_even, {{}, "fx:residue"}};
    entry.require = sample_require();
    return entry;
}

inline Atomic sample_atomic() {
    PostEntry entry = sample_entry();
    entry.key = {};
    entry.postings.pop_back();
    entry.balancing = Balancing::debit;
    PlaceHold hold = sample_hold();
    hold.key = {};
    return {id_of(11),
            {entry, hold, CaptureHold{{}, EntryId{Seq{}, 1}}, DefineAsset{{}, "EUR", 2}},
            sample_require()};
}

// One of each kind that is a table, and their barest forms.
inline std::vector<Command> sample_tables() {
    return {sample_asset(),
            DefineAsset{id_of(1), "X", 0},
            sample_account(),
            OpenAccount{id_of(2), "a", "X", AccountType::asset, {}},
            OpenAccount{id_of(2), "a", "X", AccountType::expense, {SignedAmount{}, {}}},
            OpenAccount{id_of(2), "a", "X", AccountType::income, {{}, SignedAmount{}}},
            sample_entry(),
            PostEntry{id_of(3),
                      {{{AccountNumber{1}, {}}, Side::debit, Amount{~Uint128{0}}},
                       {{AccountNumber{2}, {}}, Side::credit, Amount{~Uint128{0}}}}},
            VoidKey{id_of(4)},
            sample_hold(),
            PlaceHold{id_of(5), {{}, "a"}, {AccountNumber{2}, {}}, Amount{1}, {}},
            CaptureHold{id_of(6), EntryId{Seq{7}, 0}, Amount{5}, true, sample_particulars()},
            CaptureHold{id_of(6), EntryId{Seq{7}, 3}},
            ReleaseHold{id_of(7), EntryId{Seq{7}, 0}, sample_particulars()},
            ExpireHold{EntryId{Seq{7}, 2}},
            ReverseEntry{id_of(8), EntryId{Seq{9}, 0}},
            ReverseEntry{id_of(8), EntryId{Seq{9}, 1}, {Amount{}, Amount{2}}, sample_particulars()},
            SetAccountState{id_of(9), {{}, "a"}, AccountState::frozen, sample_particulars()},
            SetLimits{id_of(10), {AccountNumber{4}, {}}, {SignedAmount{}, SignedAmount{Int128{9}}}},
            sample_exchange(),
            sample_atomic()};
}

inline Decision sample_acceptance() {
    Decision decision;
    decision.touches.push_back({AccountNumber{3},
                                9,
                                {TouchPointer{Seq{4}, 1}, TouchPointer{Seq{2}, 0}},
                                {Amount{0, 1}, Amount{1, 2}, Amount{0, 3}, Amount{2, 4}}});
    decision.touches.push_back({AccountNumber{4}, 1, {}, {{}, Amount{0, 8}, {}, {}}});
    return decision;
}

inline Decision sample_rejection() {
    Decision decision;
    decision.kind = Decision::Kind::rejected;
    decision.rejection = Rejection::insufficient_funds;
    decision.subject = 3;
    decision.remarks.push_back({.kind = RemarkKind::shortfall,
                                .index = 1,
                                .subject = 3,
                                .x = SignedAmount{Int128{-7}},
                                .y = SignedAmount{}});
    return decision;
}

}  // namespace daybook::schema
