// Chunked<T>: an array that grows without moving what it holds, so growing never stalls the writer.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace daybook {

template <typename T, std::size_t kChunk = 4096>
class Chunked {
public:
    T& operator[](std::size_t index) { return (*chunks_[index / kChunk])[index % kChunk]; }
    const T& operator[](std::size_t index) const {
        return (*chunks_[index / kChunk])[index % kChunk];
    }
    std::size_t size() const { return size_; }

    void push_back(T value) {
        if (size_ == chunks_.size() * kChunk) {
            chunks_.push_back(std::make_unique<std::array<T, kChunk>>());
        }
        (*this)[size_++] = std::move(value);
    }

private:
    std::vector<std::unique_ptr<std::array<T, kChunk>>> chunks_;
    std::size_t size_ = 0;
};

}  // namespace daybook
