// SHA-256 with a domain byte in front. Stateless, any thread.
#pragma once

#include "base/bytes.h"
#include "journal/format.h"

namespace daybook::journal {

// SHA-256(domain ‖ bytes).
Hash256 hash_of(HashDomain domain, Bytes bytes);

// SHA-256(node ‖ left ‖ right): an inner node of a Merkle tree.
Hash256 hash_of_node(const Hash256& left, const Hash256& right);

// SHA-256 of nothing: RFC 6962's root of a tree without leaves.
Hash256 hash_of_nothing();

}  // namespace daybook::journal
