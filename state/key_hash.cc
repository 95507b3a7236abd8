#include "state/key_hash.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace daybook::state {

KeyHash::Seeds KeyHash::random_seeds() {
    std::random_device random;
    Seeds seeds{};
    for (auto& seed : seeds)
        seed = (std::uint64_t{random()} << 32) | random() | 1;
    return seeds;
}

// Two independent lanes of 64 bits.
Id128 KeyHash::digest(std::string_view reference) const {
    std::array<std::uint64_t, 2> lanes{seeds_[2] ^ reference.size(), seeds_[3] ^ reference.size()};
    while (!reference.empty()) {
        const std::size_t size = std::min<std::size_t>(8, reference.size());
        std::uint64_t word = 0;
        std::memcpy(&word, reference.data(), size);
        lanes[0] = fold(lanes[0] ^ word, seeds_[0]);
        lanes[1] = fold(lanes[1] ^ std::rotl(word, 32), seeds_[1]);
        reference.remove_prefix(size);
    }
    return std::bit_cast<Id128>(lanes);
}

}  // namespace daybook::state
