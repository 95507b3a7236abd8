// One producer of a crossfire: a process that sends its part of the plan and logs every answer.
// Private to bench/'s sources.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "bench/accounts.h"
#include "bench/crossfire_plan.h"
#include "bench/crossfire_tally.h"
#include "bench/histogram.h"

namespace daybook::bench {

// A command that waits longer than this for any answer hangs: what a deadlock looks like from
// outside.
inline constexpr std::chrono::seconds kAnswerMax{10};

// What a producer shares with its parent and its partner. One writer: the producer.
struct CrossfireSheet {
    std::atomic<std::uint64_t> submitted;  // messages
    std::atomic<std::uint64_t> answered;   // commands
    std::uint64_t hung;                    // commands not answered in kAnswerMax
    Histogram latency;                     // of messages
    std::array<char, 256> error;           // ends with a zero
};

struct CrossfireShift {
    std::string endpoint;
    std::size_t batch = 0;
    std::size_t window = 0;
    KeySpace keys;
    std::span<const AccountNumber> accounts;  // by place
    std::span<const PlannedCommand> sends;
    std::span<LoggedAnswer> answers;  // written, at the index of the command
    // Keeps step with it, so that what belongs together is under way at the same moment.
    const CrossfireSheet& partner;
};

// Returns the process's exit code.
int produce_crossfire(const CrossfireShift& shift, CrossfireSheet& sheet);

}  // namespace daybook::bench
