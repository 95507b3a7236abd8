#include "sequencer/key_index.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/prefetch.h"

namespace daybook::sequencer {

namespace {

std::array<std::uint64_t, 2> words_of(const Id128& key) {
    return std::bit_cast<std::array<std::uint64_t, 2>>(key.bytes);
}

// The low bits choose the segment.
std::size_t first_place(std::uint64_t hash, std::size_t mask) {
    return (hash >> 8) & mask;
}

}  // namespace

KeyIndex::KeyIndex(const state::KeyHash& hash, std::size_t keys) : hash_{hash} {
    // At half full, so that the fullest segment does not grow either.
    const std::size_t slots = std::bit_ceil(std::max(kSlotsAtFirst, 2 * keys / kSegments));
    first_ = HugeArray<Slot>{slots * kSegments};
    for (std::size_t i = 0; i < kSegments; ++i)
        segments_[i].slots = first_.span().subspan(i * slots, slots);
}

// Where the key is, or the free slot where it belongs. There is always a free one.
std::size_t KeyIndex::place_of(std::span<const Slot> slots, std::uint64_t hash, const Words& key,
                               std::uint32_t producer) {
    const std::size_t mask = slots.size() - 1;
    std::size_t place = first_place(hash, mask);
    while (slots[place].seq != 0 &&
           (slots[place].key != key || slots[place].producer != producer)) {
        place = (place + 1) & mask;
    }
    return place;
}

void KeyIndex::grow(Segment& segment) {
    std::vector<Slot> larger(segment.slots.size() * 2);
    for (const auto& slot : segment.slots) {
        if (slot.seq == 0) continue;
        const auto hashed = hash_(std::bit_cast<Id128>(slot.key), ProducerId{slot.producer});
        larger[place_of(larger, hashed, slot.key, slot.producer)] = slot;
    }
    segment.grown = std::move(larger);
    segment.slots = segment.grown;
}

std::optional<Seq> KeyIndex::bind(std::uint64_t hashed, const Id128& key, ProducerId producer,
                                  Seq seq) {
    CHECK_INVARIANT(seq.value() != 0, "keys are bound to Seqs from 1");
    const Words words = words_of(key);
    Segment& segment = segments_[hashed % kSegments];
    if (segment.used * 4 >= segment.slots.size() * 3) grow(segment);
    Slot& slot = segment.slots[place_of(segment.slots, hashed, words, producer.value())];
    if (slot.seq != 0) return Seq{slot.seq};
    slot = Slot{words, seq.value(), producer.value()};
    ++segment.used;
    ++size_;
    return std::nullopt;
}

std::optional<Seq> KeyIndex::find(std::uint64_t hashed, const Id128& key,
                                  ProducerId producer) const {
    const Words words = words_of(key);
    const auto slots = segments_[hashed % kSegments].slots;
    const Slot& slot = slots[place_of(slots, hashed, words, producer.value())];
    if (slot.seq == 0) return std::nullopt;
    return Seq{slot.seq};
}

void KeyIndex::prefetch(std::uint64_t hashed) const {
    const auto slots = segments_[hashed % kSegments].slots;
    daybook::prefetch(&slots[first_place(hashed, slots.size() - 1)]);
}

}  // namespace daybook::sequencer
