#include "http/latencies.h"

#include <algorithm>
#include <vector>

namespace daybook::http {

namespace {
constexpr std::chrono::seconds kOfLate{10};
}  // namespace

void Latencies::note(std::chrono::nanoseconds latency, Moment now) {
    const auto ms = static_cast<float>(static_cast<double>(latency.count()) / 1e6);
    const std::lock_guard lock{mutex_};
    samples_[count_++ % samples_.size()] = {ms, now};
}

std::optional<double> Latencies::quantile_ms(double quantile, Moment now) const {
    std::vector<float> sorted;
    {
        const std::lock_guard lock{mutex_};
        const auto count = std::min(count_, samples_.size());
        for (std::size_t i = 0; i < count; ++i) {
            if (now - samples_[i].at <= kOfLate) sorted.push_back(samples_[i].ms);
        }
    }
    if (sorted.empty()) return std::nullopt;
    std::ranges::sort(sorted);
    const auto last = static_cast<double>(sorted.size() - 1);
    return sorted[static_cast<std::size_t>(quantile * last + 0.5)];
}

}  // namespace daybook::http
