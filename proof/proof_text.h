// A proof as the text of a small JSON file. Each proof has one text: any other, even one that reads
// the same, is refused.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "proof/proof.h"

namespace daybook::proof {

using Proof = std::variant<Inclusion, Consistency>;

std::string to_text(const Inclusion& proof);
std::string to_text(const Consistency& proof);

// `bad_input` when it is not a proof's text; whether it proves anything, find_fault says.
Result<Proof> read_proof(std::string_view text);

}  // namespace daybook::proof
