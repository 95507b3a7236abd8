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
            "order 7",
            "Grüße",
            id_of(0xa0),
            Stamp{1'700'000'000'000'000'000}};
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
                       {{AccountNumber{2}, {}}, Side::credit, Amount{~Uint128{0}}}},
                      {},
                      {},
                      {},
                      {}},
            VoidKey{id_of(4)}};
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
    decision.shortfall =
        Shortfall{AccountNumber{3}, 1, SignedAmount{Int128{-7}}, SignedAmount{Int128{0}}};
    return decision;
}

}  // namespace daybook::schema
