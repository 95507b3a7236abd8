#include "state/key_runs.h"

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
    constexpr std::uint64_t kGrowth = 3;
    std::size_t count = 0;
    while (count < runs_.size()) {
        const auto size = runs_[runs_.size() - 1 - count]->info().count;
        if (size > kGrowth * batch || batch + size > most) break;
        batch += size;
        ++count;
    }
    return count;
}

}  // namespace daybook::state
