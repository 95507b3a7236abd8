// Histogram: how long things took, in buckets at most 3 % wide. A plain value of fixed size, so
// that it can live in memory shared between processes; one writer each, merged at the end.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace daybook::bench {

class Histogram {
public:
    void add(std::chrono::nanoseconds duration);
    void merge(const Histogram& other);

    std::uint64_t count() const { return count_; }
    std::chrono::nanoseconds max() const { return std::chrono::nanoseconds{max_}; }
    // The duration that `share` (0 to 1) of all stay at or below; zero when there are none.
    std::chrono::nanoseconds quantile(double share) const;

private:
    // A power of two is cut into 32 buckets; the first 32 nanoseconds have one each.
    static constexpr unsigned kBitsOfDetail = 5;
    static constexpr std::size_t kBuckets = std::size_t{64 - kBitsOfDetail + 1} << kBitsOfDetail;

    static std::size_t bucket_of(std::uint64_t value);
    static std::uint64_t largest_in(std::size_t bucket);

    std::array<std::uint32_t, kBuckets> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace daybook::bench
