#include "sequencer/reference_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "ledger/numbers.h"
#include "sequencer/mix.h"

namespace daybook::sequencer {

ReferenceIndex::ReferenceIndex() {
    seed(seed_);
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
