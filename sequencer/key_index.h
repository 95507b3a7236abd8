// KeyIndex: which Seq bound an idempotency key, in memory. One thread: the sequencer's.
// Insert-only: a key is bound for ever. Open addressing in segments that grow one at a time, so
// that growing never stalls the writer for long.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/huge_array.h"
#include "base/seq.h"
#include "ledger/numbers.h"
#include "state/key_hash.h"

namespace daybook::sequencer {

class KeyIndex {
public:
    // With room for about so many keys before it grows.
    explicit KeyIndex(const state::KeyHash& hash, std::size_t keys = 0);

    // `hashed` is always the hash of key and producer.
    // The Seq that bound the key before; nothing if this call binds it to `seq`.
    std::optional<Seq> bind(std::uint64_t hashed, const Id128& key, ProducerId producer, Seq seq);
    std::optional<Seq> find(std::uint64_t hashed, const Id128& key, ProducerId producer) const;

    // Brings the key's slot closer; for a caller that knows what comes next.
    void prefetch(std::uint64_t hashed) const;

    std::size_t size() const { return size_; }

private:
    struct Slot {
        std::array<std::uint64_t, 2> key{};
        std::uint64_t seq = 0;  // 0: the slot is free
        std::uint32_t producer = 0;
    };
    static_assert(sizeof(Slot) == 32);

    struct Segment {
        std::span<Slot> slots;  // part of `first_`, until it grows
        std::vector<Slot> grown;
        std::size_t used = 0;
    };
    static constexpr std::size_t kSegments = 256;
    static constexpr std::size_t kSlotsAtFirst = 16;

    using Words = std::array<std::uint64_t, 2>;

    static std::size_t place_of(std::span<const Slot> slots, std::uint64_t hash, const Words& key,
                                std::uint32_t producer);
    void grow(Segment& segment);

    state::KeyHash hash_;
    HugeArray<Slot> first_;
    std::array<Segment, kSegments> segments_;
    std::size_t size_ = 0;
};

}  // namespace daybook::sequencer
