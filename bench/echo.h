// The floor of a messaging system: a process that answers every message at once with so many bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "bench/histogram.h"
#include "bench/target.h"

namespace daybook::bench {

struct EchoShape {
    unsigned processes = 1;   // that ask
    std::size_t sockets = 1;  // of all of them
    std::size_t window = 1;   // messages in flight, a socket
    std::uint64_t messages = 0;
    std::size_t asked_bytes = 0;
    std::size_t answer_bytes = 0;
};

struct EchoRun {
    double messages_per_second = 0;
    Histogram latency;
};

Result<EchoRun> measure_echo(const EchoShape& shape, Target& target);

}  // namespace daybook::bench
