#include "sequencer/reference_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>

#include "ledger/amount.h"
#include "ledger/numbers.h"

namespace daybook::sequencer {

namespace {

// Both halves of a 64 × 64 bit product, folded: the mixing step of the wyhash family.
std::uint64_t fold(std::uint64_t left, std::uint64_t right) {
    const auto product = static_cast<Uint128>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

ReferenceIndex::ReferenceIndex() {
    std::random_device random;
    for (auto& word : seed_)
        word = (std::uint64_t{random()} << 32) | random() | 1;
}

// Two independent lanes of 64 bits.
Id128 ReferenceIndex::digest(std::string_view reference) const {
    std::array<std::uint64_t, 2> lanes{seed_[2] ^ reference.size(), seed_[3] ^ reference.size()};
    for (; !reference.empty();
         reference.remove_prefix(std::min<std::size_t>(8, reference.size()))) {
        std::uint64_t word = 0;
        std::memcpy(&word, reference.data(), std::min<std::size_t>(8, reference.size()));
        lanes[0] = fold(lanes[0] ^ word, seed_[0]);
        lanes[1] = fold(lanes[1] ^ std::rotl(word, 32), seed_[1]);
    }
    return std::bit_cast<Id128>(lanes);
}

void ReferenceIndex::add(std::string_view reference, Seq seq) {
    digests_.bind(digest(reference), kSystemProducer, seq);
}

std::optional<Seq> ReferenceIndex::find(std::string_view reference) const {
    return digests_.find(digest(reference), kSystemProducer);
}

}  // namespace daybook::sequencer
