// Search: is there an order of a window's steps that explains every reply, with what real time says
// and nothing else? Depth first (Wing and Gong), each set of steps done looked at once.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tests/history/history.h"
#include "tests/history/model.h"

namespace daybook::history {

inline constexpr std::size_t kWidest = 1024;  // steps of a window

// A deed or a read, and the time in which it happened.
struct Step {
    const Deed* deed = nullptr;
    const Seen* seen = nullptr;
    std::int64_t begun = 0;
    std::int64_t known = 0;
};

enum class Explained : std::uint8_t { yes, no, unknown };

class Search {
public:
    // `bank` is as it was before the steps; at most kWidest of them.
    Search(Bank& bank, std::vector<Step> steps);

    // `yes` leaves the bank as it is after them; else it is as before.
    Explained run();
    std::uint64_t tried() const { return tried_; }

private:
    using Done = std::bitset<kWidest>;
    struct Level {
        std::size_t next = 0;            // place in order_, to be tried
        std::vector<std::size_t> taken;  // to come here
    };

    Explained run_once(std::uint64_t steps_max);
    void note_last_chances();
    void note_last_available(std::size_t index, std::uint64_t account, std::int64_t from,
                             std::int64_t to);
    std::uint64_t unplaced(std::uint64_t account) const;
    bool is_neutral(const Step& step) const;
    std::int64_t deadline() const;
    void take_neutral_ones(Level& level);
    bool take(std::size_t index);
    bool forecloses(const Touched& after, std::size_t index) const;
    void give_back(const Level& level);

    Bank& bank_;
    std::vector<Step> steps_;
    std::vector<std::size_t> order_;  // of those that change something
    Done done_;
    std::unordered_set<Done> visited_;
    // By account and version: what was available then, as far as replies say; and which steps
    // cannot happen any more once the account has gone on from there.
    std::unordered_map<std::uint64_t, std::int64_t> available_;
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> last_chances_;
    std::uint64_t tried_ = 0;
};

}  // namespace daybook::history
