// What the fuzz targets share: taking an input apart, and saying what must hold whatever it is.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"

namespace daybook::fuzz {

// Each target has these two: what it does with one input, and how much processor time that may take
// in an optimised build.
void test_one(Bytes input);
extern const std::chrono::milliseconds kTimeLimit;

// Ends the process: the fuzzer keeps the input.
[[noreturn]] void broken(const char* what);
inline void must(bool holds, const char* what) {
    if (!holds) [[unlikely]]
        broken(what);
}

// A copy in memory of exactly its size, so that a read past its end is seen. Inputs are that
// already.
class Exact {
public:
    explicit Exact(Bytes bytes) : memory_{new std::byte[bytes.size()]}, size_{bytes.size()} {
        if (size_ != 0) std::memcpy(memory_.get(), bytes.data(), size_);
    }
    Bytes bytes() const { return {memory_.get(), size_}; }

private:
    std::unique_ptr<std::byte[]> memory_;
    std::size_t size_;
};

inline std::string_view text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Takes an input apart; where it ends there are zeros.
class Input {
public:
    explicit Input(Bytes bytes) : rest_{bytes} {}

    bool is_at_end() const { return rest_.empty(); }
    Bytes rest() const { return rest_; }
    Bytes take(std::size_t size) {
        const Bytes taken = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    template <typename T = unsigned char>
    T number() {
        static_assert(std::is_trivially_copyable_v<T>);
        T value{};
        const Bytes bytes = take(sizeof value);
        if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
        return value;
    }

private:
    Bytes rest_;
};

}  // namespace daybook::fuzz
