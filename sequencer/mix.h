// Mixing for the sequencer's hash tables: where things are placed, never what is decided. Private
// to sequencer/'s sources.
#pragma once

#include <cstdint>
#include <random>
#include <span>

#include "ledger/amount.h"

namespace daybook::sequencer {

// Both halves of a 64 × 64 bit product, folded: the mixing step of the wyhash family.
inline std::uint64_t fold(std::uint64_t left, std::uint64_t right) {
    const auto product = static_cast<Uint128>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Odd words, random a process.
inline void seed(std::span<std::uint64_t> words) {
    std::random_device random;
    for (auto& word : words)
        word = (std::uint64_t{random()} << 32) | random() | 1;
}

}  // namespace daybook::sequencer
