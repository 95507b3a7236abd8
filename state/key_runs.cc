#include "state/key_runs.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace daybook::state {

KeyRuns::KeyRuns(std::vector<std::shared_ptr<const KeyRun>> runs) : runs_{std::move(runs)} {
    for (const auto& run : runs_)
        filters_.push_back(run->filter());
}

Result<std::optional<Seq>> KeyRuns::find(std::uint64_t hash, const KeyRun::IsIt& is_it) const {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        if (!filters_[i].may_hold(hash)) continue;
        const auto found = runs_[i]->find(hash, is_it);
        if (!found || *found) return found;
    }
    return std::optional<Seq>{};
}

std::uint64_t KeyRuns::key_count() const {
    std::uint64_t count = 0;
    for (const auto& run : runs_)
        count += run->info().count;
    return count;
}

std::uint64_t KeyRuns::memory_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& run : runs_)
        bytes += run->memory_bytes();
    return bytes;
}

std::size_t KeyRuns::runs_to_merge(std::uint64_t batch, std::uint64_t most) const {
    std::vector<std::uint64_t> counts;
    for (const auto& run : runs_)
        counts.push_back(run->info().count);
    return state::runs_to_merge(counts, batch, most);
}

std::size_t runs_to_merge(std::span<const std::uint64_t> counts, std::uint64_t batch,
                          std::uint64_t most) {
    constexpr std::uint64_t kGrowth = 3;
    // While a larger run was written the keeper would fall behind a server at full speed.
    constexpr std::uint64_t kLargeRun = std::uint64_t{1} << 25;
    constexpr std::uint64_t kShare = 8;
    const auto all = std::accumulate(counts.begin(), counts.end(), batch);
    most = std::min(most, std::max(kLargeRun, all / kShare));
    std::size_t merged = 0;
    while (merged < counts.size()) {
        const auto size = counts[counts.size() - 1 - merged];
        if (size > kGrowth * batch || batch + size > most) break;
        batch += size;
        ++merged;
    }
    return merged;
}

}  // namespace daybook::state
