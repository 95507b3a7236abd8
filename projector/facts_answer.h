// What is answered to a query about the book and its journal as a whole. Private to projector/'s
// sources.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "projector/cut.h"
#include "schema/query.h"

namespace daybook::projector {

// As `answer` in query_answers.h. Reads the headers of the newest blocks, none of their records.
Result<std::vector<std::byte>> answer_facts(const schema::AskedQuery& asked, Cut& cut);

}  // namespace daybook::projector
