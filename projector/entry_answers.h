// What is answered to queries about one record, and about a reference. Private to projector/'s
// sources.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "projector/cut.h"
#include "schema/query.h"

namespace daybook::projector {

// As `answer` in query_answers.h.
Result<std::vector<std::byte>> answer_entry(const schema::AskedQuery& asked, Cut& cut);
Result<std::vector<std::byte>> answer_reference(const schema::AskedQuery& asked, const Cut& cut);

}  // namespace daybook::projector
