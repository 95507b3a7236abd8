#include "gateway/in_flight.h"

#include <utility>

namespace daybook::gateway {

void InFlight::add(std::uint64_t correlation, Bytes message, Moment now) {
    std::vector<std::byte> memory;
    if (!spare_.empty()) {
        memory = std::move(spare_.back());
        spare_.pop_back();
    }
    memory.assign(message.begin(), message.end());
    bytes_ += memory.size();
    flights_.emplace(correlation, Flight{std::move(memory), now, now});
}

Flight* InFlight::find(std::uint64_t correlation) {
    const auto found = flights_.find(correlation);
    return found == flights_.end() ? nullptr : &found->second;
}

void InFlight::remove(std::uint64_t correlation) {
    auto node = flights_.extract(correlation);
    if (node.empty()) return;
    bytes_ -= node.mapped().message.size();
    constexpr std::size_t kSpareMax = 16;
    if (spare_.size() < kSpareMax) spare_.push_back(std::move(node.mapped().message));
}

}  // namespace daybook::gateway
