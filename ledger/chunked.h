// Chunked<T>: an array that grows without moving what it holds, so growing never stalls the writer.
// On large pages where a chunk is as long as one: what is read at random otherwise waits for the
// page table more than for memory.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "base/huge_array.h"

namespace daybook {

template <typename T, std::size_t kChunk = 4096>
class Chunked {
public:
    Chunked() = default;
    ~Chunked() {
        for (std::size_t i = 0; i < size_; ++i)
            std::destroy_at(&(*this)[i]);
        for (T* chunk : chunks_)
            unmap_huge(chunk, sizeof(T) * kChunk);
    }
    Chunked(const Chunked&) = delete;
    Chunked& operator=(const Chunked&) = delete;
    Chunked(Chunked&& other) noexcept
        : chunks_{std::move(other.chunks_)}, size_{std::exchange(other.size_, 0)} {
        other.chunks_.clear();
    }
    Chunked& operator=(Chunked&& other) noexcept {
        std::swap(chunks_, other.chunks_);
        std::swap(size_, other.size_);
        return *this;
    }

    T& operator[](std::size_t index) { return chunks_[index / kChunk][index % kChunk]; }
    const T& operator[](std::size_t index) const { return chunks_[index / kChunk][index % kChunk]; }
    std::size_t size() const { return size_; }

    void push_back(T value) {
        if (size_ == chunks_.size() * kChunk) {
            chunks_.push_back(static_cast<T*>(map_huge(sizeof(T) * kChunk)));
        }
        std::construct_at(&(*this)[size_], std::move(value));
        ++size_;
    }

private:
    std::vector<T*> chunks_;
    std::size_t size_ = 0;
};

}  // namespace daybook
