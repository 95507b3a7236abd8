#include "sequencer/key_index.h"

#include <cstring>
#include <random>

#include "base/check.h"
#include "ledger/amount.h"

namespace daybook::sequencer {

namespace {

// Both halves of a 64 × 64 bit product, folded: the mixing step of the wyhash family.
std::uint64_t fold(std::uint64_t left, std::uint64_t right) {
    const auto product = static_cast<Uint128>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

KeyIndex::KeyIndex() {
    std::random_device random;
    for (auto& word : seed_)
        word = (std::uint64_t{random()} << 32) | random() | 1;
    for (auto& segment : segments_)
        segment.slots.resize(kSlotsAtFirst);
}

std::uint64_t KeyIndex::hash(const Id128& key, std::uint32_t producer) const {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), key.bytes.data(), sizeof words);
    return fold(fold(words[0] ^ seed_[0], words[1] ^ seed_[1]) ^ producer, seed_[1]);
}

// The slot that holds the key, or the free one where it belongs. There is always a free one.
KeyIndex::Slot& KeyIndex::slot_of(std::vector<Slot>& slots, std::uint64_t hash, const Id128& key,
                                  std::uint32_t producer) {
    const std::size_t mask = slots.size() - 1;
    for (std::size_t place = (hash >> 8) & mask;; place = (place + 1) & mask) {
        Slot& slot = slots[place];
        if (slot.seq == 0 || (slot.key == key && slot.producer == producer)) return slot;
    }
}

void KeyIndex::grow(Segment& segment) {
    std::vector<Slot> larger(segment.slots.size() * 2);
    for (const auto& slot : segment.slots) {
        if (slot.seq != 0)
            slot_of(larger, hash(slot.key, slot.producer), slot.key, slot.producer) = slot;
    }
    segment.slots = std::move(larger);
}

std::optional<Seq> KeyIndex::bind(const Id128& key, ProducerId producer, Seq seq) {
    CHECK_INVARIANT(seq.value() != 0, "keys are bound to Seqs from 1");
    const std::uint64_t hashed = hash(key, producer.value());
    Segment& segment = segments_[hashed % kSegments];
    if (segment.used * 4 >= segment.slots.size() * 3) grow(segment);
    Slot& slot = slot_of(segment.slots, hashed, key, producer.value());
    if (slot.seq != 0) return Seq{slot.seq};
    slot = Slot{key, seq.value(), producer.value()};
    ++segment.used;
    ++size_;
    return std::nullopt;
}

std::optional<Seq> KeyIndex::find(const Id128& key, ProducerId producer) const {
    const std::uint64_t hashed = hash(key, producer.value());
    auto& slots = const_cast<std::vector<Slot>&>(segments_[hashed % kSegments].slots);
    const Slot& slot = slot_of(slots, hashed, key, producer.value());
    if (slot.seq == 0) return std::nullopt;
    return Seq{slot.seq};
}

}  // namespace daybook::sequencer
