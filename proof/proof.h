// Proofs about a journal for who does not have it: that a record is in it, and that one head of its
// chain extends another. Checking one needs the proof and the head one trusts; nothing else. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/seq.h"
#include "journal/block.h"
#include "proof/path.h"

namespace daybook::proof {

// The hash that a header with these values has.
Hash256 hash_of(const journal::BlockInfo& block);
// The block as a leaf of the history, by the hash that it states.
Hash256 leaf_of(const journal::BlockInfo& block);

// Record `seq` is in `block`, and `block` is `head` or in its history.
struct Inclusion {
    Seq seq;
    std::vector<std::byte> record;
    Path record_path;  // to the block's payload root
    journal::BlockInfo block;
    Path block_path;  // to the head's history root; empty when the block is the head
    journal::BlockInfo head;
};

// Everything up to `old_head` is, unchanged, the beginning of what `head` ends: the old head is a
// leaf of the history, and the leaves before it are the history that it names.
struct Consistency {
    journal::BlockInfo old_head;
    Path old_path;  // from the old head to the new one's history root; empty when they are the same
    journal::BlockInfo head;
};

// Why the proof proves nothing; nothing when it holds.
std::optional<std::string> find_fault(const Inclusion& proof);
std::optional<std::string> find_fault(const Consistency& proof);

}  // namespace daybook::proof
