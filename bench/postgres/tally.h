// Tally: what the clients were told, and when. From it follows what every balance must be.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/histogram.h"
#include "bench/postgres/operations.h"

namespace daybook::bench {

enum class Answered : std::uint8_t {
    accepted,
    declined,   // for want of funds
    replayed,   // the answer of the first sending, again
    abandoned,  // failed without effect when the run was over; not tried again
};

struct Counts {
    std::uint64_t accepted = 0;
    std::uint64_t declined = 0;
    std::uint64_t replayed = 0;
    std::uint64_t abandoned = 0;
};

// When a run is warm, and when it ends.
struct Timeline {
    using Time = std::chrono::steady_clock::time_point;
    Time started;
    Time warm;
    Time over;

    static Timeline from_now(double warm_up_seconds, double seconds);
};

class Tally {
public:
    // Of a run that starts at operation `first`, which begins a lap. `operations` must outlive it.
    Tally(const Operations& operations, std::uint32_t accounts, const Timeline& timeline,
          std::uint64_t first);

    // Operation `index` of the plan was asked for at `asked` and answered at `now`.
    void note(std::uint64_t index, Answered answered, Timeline::Time asked, Timeline::Time now);
    // A first sending, and no repeat of it was accepted before.
    bool is_first_of_its_key(std::uint64_t index) const;
    // A failure an application sees and tries again after, by its SQLSTATE or name.
    void note_failure(const std::string& name) { ++failures_[name]; }
    void add_finding(std::string finding);
    // The plan ended before the timeline did.
    void end_early(Timeline::Time now) { timeline_.over = now; }
    const Timeline& timeline() const { return timeline_; }

    const Counts& all() const { return all_; }
    const Counts& measured() const { return measured_; }
    // What the accepted ones moved, by account.
    const std::vector<std::int64_t>& moved() const { return moved_; }
    const std::vector<std::string>& findings() const { return findings_; }

    // Checks balances read before and after against what was accepted.
    void audit(const std::vector<std::int64_t>& before, const std::vector<std::int64_t>& after);

    // One line of JSON; `more` is put in as it is and ends in a comma, or is empty.
    std::string json(const std::string& more) const;

private:
    const Operations& operations_;
    Timeline timeline_;
    std::uint64_t first_;
    Counts all_;
    Counts measured_;
    Histogram latency_;
    std::vector<std::int64_t> moved_;
    std::vector<bool> is_accepted_;  // by the index of the first sending, from first_
    std::map<std::string, std::uint64_t> failures_;
    std::vector<std::string> findings_;
    // Equal when each operation got the same answer, and when all balances are the same.
    std::uint64_t answers_digest_ = 0;
    std::uint64_t balances_digest_ = 0;
};

}  // namespace daybook::bench
