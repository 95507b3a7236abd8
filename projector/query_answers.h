// What is answered to each kind of query, from one cut. Private to projector/'s sources.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "projector/cut.h"
#include "schema/query.h"

namespace daybook::projector {

// A whole message. `cut` is held and has reached what the query asks for. An error is one of
// reading: what is stored cannot be trusted.
Result<std::vector<std::byte>> answer(const schema::AskedQuery& asked, Cut& cut);

}  // namespace daybook::projector
