#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace daybook::bench {

std::size_t Histogram::bucket_of(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= kBitsOfDetail) return value;
    const unsigned shift = width - kBitsOfDetail - 1;
    // The top kBitsOfDetail + 1 bits, of which the first is always set.
    return (std::size_t{shift} << kBitsOfDetail) + (value >> shift);
}

std::uint64_t Histogram::largest_in(std::size_t bucket) {
    if (bucket < (std::size_t{2} << kBitsOfDetail)) return bucket;
    const std::size_t shift = (bucket >> kBitsOfDetail) - 1;
    const std::uint64_t top = bucket - (shift << kBitsOfDetail);
    return ((top + 1) << shift) - 1;
}

void Histogram::add(std::chrono::nanoseconds duration) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
    ++buckets_.at(bucket_of(value));
    ++count_;
    max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram& other) {
    for (std::size_t i = 0; i < kBuckets; ++i)
        buckets_.at(i) += other.buckets_.at(i);
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

std::chrono::nanoseconds Histogram::quantile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        seen += buckets_.at(i);
        if (seen == 0 || seen < wanted) continue;
        return std::chrono::nanoseconds{std::min(largest_in(i), max_)};
    }
    return std::chrono::nanoseconds{max_};
}

}  // namespace daybook::bench
