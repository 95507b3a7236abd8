// KeyRuns: every key up to a Seq, as a few runs of growing size. Immutable, so that the thread that
// decides reads it while the next is being made.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "state/key_run.h"

namespace daybook::state {

// Places in a run are numbers of 32 bits.
inline constexpr std::uint64_t kKeysPerRunLimit = 0xFFFF'FFFF;

class KeyRuns {
public:
    KeyRuns() = default;
    // Oldest first, without a gap.
    explicit KeyRuns(std::vector<std::shared_ptr<const KeyRun>> runs);

    // False: no key of this hash is in here. True: look.
    bool may_hold(std::uint64_t hash) const {
        for (const KeyFilter& filter : filters_) {
            if (filter.may_hold(hash)) return true;
        }
        return false;
    }
    void prefetch(std::uint64_t hash) const {
        for (const KeyFilter& filter : filters_)
            filter.prefetch(hash);
    }
    // The first of the Seqs under this hash, ascending, that is the one: whose key it is, the
    // records say. Reads files.
    Result<std::optional<Seq>> find(std::uint64_t hash, const KeyRun::IsIt& is_it) const;

    const std::vector<std::shared_ptr<const KeyRun>>& runs() const { return runs_; }
    std::uint64_t key_count() const;
    std::uint64_t memory_bytes() const;

    // The rule below.
    std::size_t runs_to_merge(std::uint64_t batch, std::uint64_t most = kKeysPerRunLimit) const;

private:
    std::vector<std::shared_ptr<const KeyRun>> runs_;
    std::vector<KeyFilter> filters_;
};

// How many of the newest runs, the last of `counts`, a batch of `batch` keys is to be merged with,
// into a run of at most `most`. Each that stays is more than three times as large as all behind it
// together, or would make a run of more than 2^25 keys and an eighth of all: so there are few, and
// none takes long to write.
std::size_t runs_to_merge(std::span<const std::uint64_t> counts, std::uint64_t batch,
                          std::uint64_t most = kKeysPerRunLimit);

}  // namespace daybook::state
