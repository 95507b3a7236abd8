// The two judges of a history. The first believes the seqs and replays them; the second does not
// look at them and searches for any order that explains what was told (Wing and Gong).
#pragma once

#include <cstdint>
#include <vector>

#include "tests/history/history.h"

namespace daybook::history {

// Seqs without gap, once each, up to the head; in the order of real time; every reply and every
// read is what the rules give at its place; readers go forwards and see what they asked for.
void judge_by_seq(const History& history, std::vector<Deed> deeds, Findings& findings);

struct Searched {
    std::uint64_t windows = 0;
    std::uint64_t undecided = 0;  // given up: too many orders to try
    std::uint64_t most_steps = 0;
};

enum class Until { end, first_finding };

// Each window by itself: nothing was under way when it began and when it ended. One without an
// explanation costs every step that a search may take: of a planted lie the first is enough.
Searched judge_windows(const History& history, const std::vector<Deed>& deeds, Findings& findings,
                       Until until);

}  // namespace daybook::history
