// ReferenceIndex: which Seq was the first to have a reference. One thread: the sequencer's.
// Keeps digests, not texts: a hit is to be compared with the record.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/seq.h"
#include "sequencer/key_index.h"

namespace daybook::sequencer {

class ReferenceIndex {
public:
    ReferenceIndex();

    // Remembers that `seq` has the reference, unless an earlier one does.
    void add(std::string_view reference, Seq seq);
    std::optional<Seq> find(std::string_view reference) const;

private:
    Id128 digest(std::string_view reference) const;

    // Random a process, so that no producer can choose references that collide. Nothing that is
    // decided depends on it.
    std::array<std::uint64_t, 4> seed_{};
    KeyIndex digests_;
};

}  // namespace daybook::sequencer
