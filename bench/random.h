// Random: a small fast generator whose sequence a seed fixes, the same everywhere (splitmix64).
#pragma once

#include <cstdint>

namespace daybook::bench {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_{seed} {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    // 0 to bound − 1; bound is 1 to 2^32.
    std::uint64_t below(std::uint64_t bound) { return ((next() >> 32) * bound) >> 32; }

private:
    std::uint64_t state_;
};

}  // namespace daybook::bench
