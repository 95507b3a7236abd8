// KeyHash: the 64-bit hash by which idempotency keys are found again, in memory and on disk.
// Seeded at random for each snapshot, so that no producer can choose keys that collide; a decision
// never depends on it, since whoever finds a hash compares the key.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "ledger/amount.h"
#include "ledger/numbers.h"

namespace daybook::state {

class KeyHash {
public:
    using Seeds = std::array<std::uint64_t, 4>;

    // Odd and random.
    static Seeds random_seeds();

    KeyHash() : KeyHash{random_seeds()} {}
    explicit KeyHash(const Seeds& seeds) : seeds_{seeds} {}

    const Seeds& seeds() const { return seeds_; }

    std::uint64_t operator()(const Id128& key, ProducerId producer) const {
        const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(key.bytes);
        return fold(fold(words[0] ^ seeds_[0], words[1] ^ seeds_[1]) ^ producer.value(), seeds_[1]);
    }

    // A reference is remembered as if it were a key, of the system producer, who has none.
    Id128 digest(std::string_view reference) const;

private:
    // Both halves of a 64 × 64 bit product, folded: the mixing step of the wyhash family.
    static std::uint64_t fold(std::uint64_t left, std::uint64_t right) {
        const auto product = static_cast<Uint128>(left) * right;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    Seeds seeds_;
};

}  // namespace daybook::state
