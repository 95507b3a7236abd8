// InFlight: the messages a client has sent and not yet seen answered, with their bytes, so that
// each can be sent again unchanged. Private to gateway/'s sources.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/bytes.h"

namespace daybook::gateway {

using Moment = std::chrono::steady_clock::time_point;

struct Flight {
    std::vector<std::byte> message;
    Moment first_sent;
    Moment send_at;  // when it is due to be sent (again)
    bool is_sent = false;
    unsigned sends = 0;
    std::uint16_t refusal = 0;  // the last one that said to send it again later
};

class InFlight {
public:
    void add(std::uint64_t correlation, Bytes message, Moment now);
    Flight* find(std::uint64_t correlation);
    // Keeps the flight's memory for the next one.
    void remove(std::uint64_t correlation);

    // In the order they were added.
    std::map<std::uint64_t, Flight>& all() { return flights_; }
    std::size_t count() const { return flights_.size(); }
    std::size_t bytes() const { return bytes_; }

private:
    std::map<std::uint64_t, Flight> flights_;
    std::vector<std::vector<std::byte>> spare_;
    std::size_t bytes_ = 0;
};

}  // namespace daybook::gateway
