// What every bench needs before it starts: an asset, accounts, keys of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "gateway/command_client.h"
#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/numbers.h"

namespace daybook::bench {

inline constexpr auto kAsset = "BENCH";

// Keys no other run has: UUIDv7s whose time is counted on by their numbers, 4,096 a millisecond
// (RFC 9562, 6.2, method 1), and whose 62 random bits are those of the run.
class KeySpace {
public:
    // A new one.
    static KeySpace start(Stamp now);

    Id128 key(std::uint64_t number) const;
    // The number of a key of this space; false for any other key.
    bool holds(const Id128& key) const;
    std::uint64_t number_of(const Id128& key) const;

private:
    KeySpace(std::uint64_t first_millisecond, std::uint64_t random)
        : first_millisecond_{first_millisecond}, random_{random} {}

    std::uint64_t first_millisecond_;
    std::uint64_t random_;  // with the variant's bits
};

// Defines the bench's asset and opens the accounts that are not there yet; returns all numbers in
// order. `bad_input` when one is there with other terms.
Result<std::vector<AccountNumber>> open_accounts(gateway::CommandClient& client,
                                                 const std::vector<OpenAccount>& accounts);

}  // namespace daybook::bench
