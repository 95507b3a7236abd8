// SeenKeys: every idempotency key that was ever bound. The recent ones are in memory, in two
// generations; a generation is forgotten once the snapshot holds all of it. One thread: the
// sequencer's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/numbers.h"
#include "sequencer/key_index.h"
#include "state/keeper.h"
#include "state/key_age.h"
#include "state/key_hash.h"

namespace daybook::sequencer {

class SeenKeys {
public:
    // Nothing is older than what is in memory, until `take` brings it.
    SeenKeys() : SeenKeys{state::KeyHash{}} {}
    explicit SeenKeys(const state::KeyHash& hash) : hash_{hash}, current_{hash}, previous_{hash} {}

    const state::KeyHash& hash() const { return hash_; }

    // The keys of the snapshot, as of now: they need not be in memory any more.
    void take(state::PublishedKeys older);
    // Up to where the snapshot has them.
    Seq older_seq() const { return older_.seq; }

    // `hashed` is always the hash of key and producer.
    void prefetch(std::uint64_t hashed, const Id128& key) const {
        current_.prefetch(hashed);
        const std::uint64_t age = state::age_of(key);
        if (!is_newer(age, previous_newest_)) previous_.prefetch(hashed);
        if (older_.runs && !is_newer(age, older_.newest)) older_.runs->prefetch(hashed);
    }
    // False: the snapshot does not have this key. True: look.
    bool may_be_older(std::uint64_t hashed, const Id128& key) const {
        return !is_newer(state::age_of(key), older_.newest) && may_be_older(hashed);
    }
    // The same for what is not a producer's key: a reference.
    bool may_be_older(std::uint64_t hashed) const {
        return older_.runs && older_.runs->may_hold(hashed);
    }
    // The first Seq in the snapshot, of those under this hash, that is the one.
    Result<std::optional<Seq>> find_older(std::uint64_t hashed,
                                          const state::KeyRun::IsIt& is_it) const;

    // Among those in memory: the Seq that bound the key before; nothing if this call binds it.
    std::optional<Seq> bind(std::uint64_t hashed, const Id128& key, ProducerId producer, Seq seq);
    std::optional<Seq> find(std::uint64_t hashed, const Id128& key, ProducerId producer) const;

    std::size_t in_memory() const { return current_.size() + previous_.size(); }

private:
    // Large enough that a generation seldom ends, small enough to stay near.
    static constexpr std::size_t kGenerationKeys = std::size_t{1} << 19;

    // A UUIDv7 newer than all of a set is not in it; of other keys (age 0) nothing is known.
    static bool is_newer(std::uint64_t age, std::uint64_t newest) { return age > newest; }
    // What the ledger remembers as its own keys has no age.
    static std::uint64_t age_of(const Id128& key, ProducerId producer) {
        return producer == kSystemProducer ? 0 : state::age_of(key);
    }
    void begin_generation();

    state::KeyHash hash_;
    KeyIndex current_;
    KeyIndex previous_;
    Seq current_last_;  // the last Seq that bound a key there
    Seq previous_last_;
    std::uint64_t current_newest_ = 0;  // the greatest age there
    std::uint64_t previous_newest_ = 0;
    state::PublishedKeys older_;
};

}  // namespace daybook::sequencer
