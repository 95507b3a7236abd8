// SharedArray: zeroed memory that children forked later share with their parent.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace daybook::bench {

class SharedMapping {
public:
    static Result<SharedMapping> create(std::size_t bytes);
    ~SharedMapping();
    SharedMapping(SharedMapping&& other) noexcept
        : data_{std::exchange(other.data_, nullptr)}, bytes_{other.bytes_} {}
    SharedMapping(const SharedMapping&) = delete;
    SharedMapping& operator=(const SharedMapping&) = delete;
    SharedMapping& operator=(SharedMapping&&) = delete;

    void* data() const { return data_; }

private:
    SharedMapping(void* data, std::size_t bytes) : data_{data}, bytes_{bytes} {}

    void* data_;
    std::size_t bytes_;
};

// All bytes zero must be a T's first state; nothing is constructed or destroyed.
template <typename T>
class SharedArray {
    static_assert(std::is_trivially_destructible_v<T> && std::is_standard_layout_v<T>);

public:
    static Result<SharedArray> create(std::size_t count) {
        auto mapping = SharedMapping::create(count * sizeof(T));
        if (!mapping) return std::unexpected{mapping.error()};
        return SharedArray{*std::move(mapping), count};
    }

    std::span<T> all() const { return {static_cast<T*>(mapping_.data()), count_}; }

private:
    SharedArray(SharedMapping mapping, std::size_t count)
        : mapping_{std::move(mapping)}, count_{count} {}

    SharedMapping mapping_;
    std::size_t count_;
};

}  // namespace daybook::bench
