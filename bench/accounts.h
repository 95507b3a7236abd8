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

// Keys no other run has: 48 bits of time and 16 random ones, then a number. In the order of their
// numbers they are in time order too.
class KeySpace {
public:
    // A new one.
    static KeySpace start(Stamp now);

    Id128 key(std::uint64_t number) const;
    // The number of a key of this space; false for any other key.
    bool holds(const Id128& key) const;
    static std::uint64_t number_of(const Id128& key);

private:
    explicit KeySpace(Id128 first) : first_{first} {}

    Id128 first_;
};

// Defines the bench's asset and opens the accounts that are not there yet; returns all numbers in
// order. `bad_input` when one is there with other terms.
Result<std::vector<AccountNumber>> open_accounts(gateway::CommandClient& client,
                                                 const std::vector<OpenAccount>& accounts);

}  // namespace daybook::bench
