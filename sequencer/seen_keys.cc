#include "sequencer/seen_keys.h"

#include <algorithm>
#include <utility>

namespace daybook::sequencer {

void SeenKeys::take(state::PublishedKeys older) {
    older_ = std::move(older);
    if (previous_.size() != 0 && previous_last_ <= older_.seq) previous_ = KeyIndex{hash_};
    // Many, as after a start or when the disk was full, and the snapshot has caught up.
    if (current_.size() >= kGenerationKeys && current_last_ <= older_.seq) {
        current_ = KeyIndex{hash_, kGenerationKeys};
        current_newest_ = 0;
    }
    if (current_.size() >= kGenerationKeys) begin_generation();
}

void SeenKeys::begin_generation() {
    // What the snapshot does not hold yet stays: the current one grows instead.
    if (!older_.runs || previous_.size() != 0) return;
    previous_ = std::exchange(current_, KeyIndex{hash_, kGenerationKeys});
    previous_last_ = current_last_;
    previous_newest_ = std::exchange(current_newest_, 0);
}

Result<std::optional<Seq>> SeenKeys::find_older(std::uint64_t hashed,
                                                const state::KeyRun::IsIt& is_it) const {
    if (!older_.runs) return std::optional<Seq>{};
    return older_.runs->find(hashed, is_it);
}

std::optional<Seq> SeenKeys::bind(std::uint64_t hashed, const Id128& key, ProducerId producer,
                                  Seq seq) {
    const std::uint64_t age = age_of(key, producer);
    if (!is_newer(age, previous_newest_)) {
        if (const auto seen = previous_.find(hashed, key, producer)) return seen;
    }
    if (const auto seen = current_.bind(hashed, key, producer, seq)) return seen;
    current_last_ = seq;
    current_newest_ = std::max(current_newest_, age);
    return std::nullopt;
}

std::optional<Seq> SeenKeys::find(std::uint64_t hashed, const Id128& key,
                                  ProducerId producer) const {
    const auto seen = previous_.find(hashed, key, producer);
    return seen ? seen : current_.find(hashed, key, producer);
}

}  // namespace daybook::sequencer
