// One producer that keeps a window of messages in flight over the CommandClient, as fast as it goes
// or at a fixed rate. What is in the messages is the workload's. Private to bench/'s sources.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/crew.h"
#include "gateway/command_client.h"

namespace daybook::bench {

// What one producer sends and makes of the answers.
class Cargo {
public:
    virtual ~Cargo() = default;
    // Makes the next message.
    virtual void fill() = 0;
    // Submits what was filled last; nothing when the window is full.
    virtual Result<std::optional<gateway::Ticket>> submit(gateway::CommandClient& client) = 0;
    // Each answer once.
    virtual void take(gateway::Ticket ticket, const std::vector<schema::Receipt>& receipts) = 0;
};

struct WindowedShift {
    std::string endpoint;
    std::size_t window = 4;
    std::uint64_t warm_up_messages = 0;
    std::uint64_t messages = 0;            // measured ones; 0: until the sheet says `must_end`
    std::chrono::nanoseconds interval{0};  // between messages; 0: as fast as it goes
    std::chrono::nanoseconds offset{0};    // of the first from the start
};

// The work of one producer of a Crew.
Result<void> run_windowed(const WindowedShift& shift, Cargo& cargo, Sheet& sheet);

// The same for `producers` processes that together send `rate` messages a second, each at its own
// time; 0: as fast as it goes. `make_cargo` is called in the process of each.
Result<void> hire_windowed(
    Crew& crew, unsigned producers, WindowedShift shift, double rate,
    const std::function<std::unique_ptr<Cargo>(unsigned producer)>& make_cargo);

}  // namespace daybook::bench
