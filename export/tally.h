// Tally: counts and totals of an export while it is written.
#pragma once

#include <vector>

#include "base/result.h"
#include "export/chart.h"
#include "export/manifest.h"
#include "export/walk.h"

namespace daybook::exports {

class Tally {
public:
    explicit Tally(Cut cut) : cut_{cut} {}

    // The next cut, which follows the one before; what that posted is then before it. `bad_input`
    // as below.
    Result<void> begin_next(Cut cut);
    // Every record of the walk, in order. `bad_input` when a total passes 128 bits.
    Result<void> take(const WalkedRecord& walked, const Chart& chart);

    // Once the walk is over: everything but the book, its genesis, and what was written.
    Manifest manifest(const Chart& chart) const;

private:
    struct Sums {
        Amount debits;
        Amount credits;
        Amount debits_before;
        Amount credits_before;
    };

    Cut cut_;
    Counts counts_;
    ChainBlock first_;
    ChainBlock last_;
    std::vector<Sums> sums_;  // by asset
};

}  // namespace daybook::exports
