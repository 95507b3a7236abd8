// The plan of a crossfire: who sends what, in which order, fixed by a seed. Producers work in
// pairs; what stands at the same place in the lists of a pair belongs together and meets in the
// server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace daybook::bench {

// Accounts by their place in the plan: 0 is the cash account without limits, then the users, then
// the race accounts; all but cash are liabilities that may not go below zero.
inline constexpr std::uint32_t kCashPlace = 0;
inline constexpr std::uint32_t kRaceAmount = 100'000;

// Why a command is in the plan. The checker judges by the ledger's rules, not by this.
enum class Play : std::uint32_t {
    crossing,      // A to B while the partner sends B to A
    double_click,  // the partner sends the same command with the same key
    race,          // the partner withdraws the same money with another key
    reused_key,    // the partner sends another amount with the same key
};

struct PlannedCommand {
    std::uint64_t key = 0;    // number in the run's key space, from 0 without gaps
    std::uint32_t debit = 0;  // places
    std::uint32_t credit = 0;
    std::uint32_t amount = 0;
    Play play = Play::crossing;

    friend bool operator==(const PlannedCommand&, const PlannedCommand&) = default;
};

struct CrossfireShape {
    std::uint32_t users = 1000;
    unsigned producers = 8;              // even
    std::uint64_t commands = 1'000'000;  // different ones; a double click is one command sent twice
    std::uint64_t seed = 1;
};

struct CrossfirePlan {
    std::vector<std::vector<PlannedCommand>> sends;  // of each producer, in order
    std::uint64_t key_count = 0;
    std::uint64_t command_count = 0;
    std::uint32_t account_count = 0;  // places 0 to account_count - 1
    std::uint64_t races = 0;

    std::uint64_t send_count() const;
};

// The race accounts each pair of producers has to itself.
inline constexpr std::uint32_t kRaceAccountsPerPair = 16;

CrossfirePlan plan_crossfire(const CrossfireShape& shape);

}  // namespace daybook::bench
