// AccountChoice: which two of the accounts a transfer moves between.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "bench/random.h"

namespace daybook::bench {

enum class Distribution {
    uniform,  // every account alike
    zipf,     // the n-th busiest account as often as 1/n^0.99 (YCSB's)
    hot,      // one account is on one side of every transfer
};
std::optional<Distribution> parse_distribution(std::string_view text);

class AccountChoice {
public:
    // At least 2 accounts.
    AccountChoice(Distribution distribution, std::uint64_t accounts);

    // Two different indexes below the number of accounts.
    std::pair<std::uint64_t, std::uint64_t> pick(Random& random) const;

private:
    std::uint64_t pick_one(Random& random) const;

    Distribution distribution_;
    std::uint64_t accounts_;
    // Of Gray et al., "Quickly generating billion-record synthetic databases".
    double zeta_ = 0;
    double eta_ = 0;
};

}  // namespace daybook::bench
