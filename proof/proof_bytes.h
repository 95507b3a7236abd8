// What a proof's text has beside its readable fields, as bytes: the headers' numbers, hashes, and
// the record. What follows from the rest is left out and computed. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/seq.h"
#include "proof/proof.h"

namespace daybook::proof {

// How people and files name a head: SEQ:HASH.
struct HeadName {
    Seq last_seq;
    Hash256 hash;
};

std::vector<std::byte> bytes_of(const Inclusion& proof);
std::vector<std::byte> bytes_of(const Consistency& proof);

// Nothing when they are not the bytes of any proof. One whose paths lead elsewhere has a fault.
std::optional<Inclusion> inclusion_in(Bytes bytes, const Id128& book, Seq seq,
                                      const HeadName& head);
std::optional<Consistency> consistency_in(Bytes bytes, const Id128& book, const HeadName& old_head,
                                          const HeadName& head);

}  // namespace daybook::proof
