// HugeArray<T>: a fixed number of zeroed values on large pages, where the system gives them: what
// is read at random in hundreds of megabytes otherwise waits for the page table more than for
// memory.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace daybook {

// `size` bytes of zeros, 64-byte aligned. Never null: without memory the process ends.
void* map_huge(std::size_t size);
void unmap_huge(void* memory, std::size_t size);

template <typename T>
class HugeArray {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

public:
    HugeArray() = default;
    explicit HugeArray(std::size_t count) : count_{count} {
        if (count != 0) values_ = static_cast<T*>(map_huge(count * sizeof(T)));
    }
    ~HugeArray() {
        if (values_ != nullptr) unmap_huge(values_, count_ * sizeof(T));
    }
    HugeArray(HugeArray&& other) noexcept
        : values_{std::exchange(other.values_, nullptr)}, count_{std::exchange(other.count_, 0)} {}
    HugeArray& operator=(HugeArray&& other) noexcept {
        std::swap(values_, other.values_);
        std::swap(count_, other.count_);
        return *this;
    }
    HugeArray(const HugeArray&) = delete;
    HugeArray& operator=(const HugeArray&) = delete;

    T& operator[](std::size_t index) { return values_[index]; }
    const T& operator[](std::size_t index) const { return values_[index]; }
    std::size_t size() const { return count_; }
    std::span<T> span() { return {values_, count_}; }
    std::span<const T> span() const { return {values_, count_}; }

private:
    T* values_ = nullptr;
    std::size_t count_ = 0;
};

}  // namespace daybook
