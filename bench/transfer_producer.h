// One producer of `bench transfers`: a process that keeps a window of full messages in flight.
// Private to bench/'s sources.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "bench/accounts.h"
#include "bench/histogram.h"

namespace daybook::bench {

enum class Stage : std::uint32_t { starting, is_warm, has_finished, has_failed };

// What a producer shares with its parent. One writer: the producer; but `may_start`.
struct TransferSheet {
    std::atomic<std::uint32_t> may_start;
    std::atomic<Stage> stage;
    std::atomic<std::uint64_t> accepted;  // measured ones and those of the warm-up
    std::atomic<std::uint64_t> others;
    std::int64_t finished_at;     // steady_clock, nanoseconds
    double cpu_seconds;           // from may_start on
    Histogram latency;            // of measured messages
    std::array<char, 256> error;  // ends with a zero
};

struct TransferShift {
    std::string endpoint;
    std::size_t batch = 0;
    std::size_t window = 0;
    std::uint64_t warm_up_messages = 0;
    std::uint64_t messages = 0;
    KeySpace keys;
    // Its keys are first_key, first_key + key_step, …: beside the other producers', in time order.
    std::uint64_t first_key = 0;
    std::uint64_t key_step = 1;
    std::span<const AccountNumber> accounts;
};

// Returns the process's exit code.
int produce_transfers(const TransferShift& shift, TransferSheet& sheet);

}  // namespace daybook::bench
