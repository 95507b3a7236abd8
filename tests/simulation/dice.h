// Dice: the only source of chance in a simulated run. Same seed, same throws, on every machine.
#pragma once

#include <bit>
#include <cstdint>

#include "ledger/amount.h"

namespace daybook::simulation {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_{seed * 0x9e3779b97f4a7c15 + 1} {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
    // 0 to `bound` − 1.
    std::uint64_t below(std::uint64_t bound) {
        return static_cast<std::uint64_t>((static_cast<Uint128>(next()) * bound) >> 64);
    }
    // Both ends included.
    std::uint64_t between(std::uint64_t least, std::uint64_t most) {
        return least + below(most - least + 1);
    }
    // The same, but each doubling is as likely as the next: 1 to 2 as often as 1024 to 2048.
    // `least` is not 0.
    std::uint64_t spread(std::uint64_t least, std::uint64_t most) {
        const auto bits = between(static_cast<std::uint64_t>(std::bit_width(least)),
                                  static_cast<std::uint64_t>(std::bit_width(most)));
        const std::uint64_t from = std::uint64_t{1} << (bits - 1);
        const std::uint64_t low = from < least ? least : from;
        const std::uint64_t high = 2 * from - 1 > most ? most : 2 * from - 1;
        return between(low, high);
    }
    bool chance(std::uint64_t percent) { return below(100) < percent; }
    // A sequence of its own.
    Dice fork() { return Dice{next()}; }

private:
    std::uint64_t state_;
};

}  // namespace daybook::simulation
