// Crew: producer processes that warm up, start together and tell their parent how far they are.
// Sheet: what one of them and its parent share. Nothing that owns threads may be alive when hiring.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "bench/histogram.h"
#include "bench/process.h"
#include "bench/shared_array.h"

namespace daybook::bench {

enum class Stage : std::uint32_t { starting, is_warm, has_finished, has_failed };

// One writer: the producer; but `starts_at` and `must_end`.
struct Sheet {
    std::atomic<std::int64_t> starts_at;  // steady_clock, nanoseconds; 0: not yet
    std::atomic<std::uint32_t> must_end;  // send nothing more, wait for what is in flight
    std::atomic<Stage> stage;
    std::atomic<std::uint64_t> done;    // commands accepted, those of the warm-up too
    std::atomic<std::uint64_t> others;  // with any other verdict
    std::array<std::atomic<std::uint64_t>, 6> counts;  // what else a workload counts
    std::int64_t finished_at;                          // steady_clock, nanoseconds
    double cpu_seconds;                                // from the start on
    std::uint64_t asked_bytes;                         // of all measured messages
    std::uint64_t answer_bytes;   // of all measured answers, if the workload counts them
    Histogram latency;            // of measured messages
    std::array<char, 256> error;  // ends with a zero
};

// In a producer: tells that it is warm and waits until all may start; returns when that is.
std::chrono::steady_clock::time_point await_start(Sheet& sheet);

class Crew {
public:
    // What a producer does: warms up, calls await_start, works.
    using Work = std::function<Result<void>(Sheet&)>;
    // Called every 5 ms while waiting; an error ends the wait.
    using Watch = std::function<Result<void>()>;

    static Result<Crew> create(std::size_t count);

    // Forks the next of `count` processes.
    Result<void> hire(const Work& work);
    Result<void> wait_for(Stage stage, const Watch& watch);
    // All are warm; returns the time they start from.
    std::chrono::steady_clock::time_point start();
    void end();

    // Of one producer, in hiring order.
    Sheet& sheet(std::size_t producer) const { return sheets_.all()[producer]; }
    std::uint64_t done() const;
    std::uint64_t others() const;
    std::uint64_t count(std::size_t which) const;
    // Once all have finished:
    std::chrono::steady_clock::time_point finished_at() const;
    double cpu_seconds() const;
    Histogram latency() const;
    std::uint64_t asked_bytes() const;
    std::uint64_t answer_bytes() const;

private:
    explicit Crew(SharedArray<Sheet> sheets) : sheets_{std::move(sheets)} {}
    Result<bool> have_all_reached(Stage stage);

    SharedArray<Sheet> sheets_;
    std::vector<Process> processes_;
};

}  // namespace daybook::bench
