// One process of clients that wait: each socket keeps `window` messages in flight, on bare ZeroMQ,
// so that the same driver asks a ledger and an echo. Private to bench/'s sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "bench/crew.h"

namespace daybook::bench {

struct LoopShift {
    std::string endpoint;
    std::size_t sockets = 1;
    std::size_t window = 1;
    std::uint64_t warm_up_messages = 0;  // of all its sockets
    std::uint64_t messages = 0;          // measured ones
    // The message with this number; valid until the next call.
    std::function<Bytes(std::uint64_t number)> ask = {};
    // Looks at an answer; answers of one socket come in the order asked.
    std::function<Result<void>(Bytes answer)> take = {};
};

// The work of one producer of a Crew.
Result<void> run_closed_loop(const LoopShift& shift, Sheet& sheet);

}  // namespace daybook::bench
