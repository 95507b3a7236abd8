// What is answered to queries about accounts as they stood. Private to projector/'s sources.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "projector/cut.h"
#include "schema/query.h"

namespace daybook::projector {

// As `answer` in query_answers.h, to the kinds of `is_of_accounts`.
Result<std::vector<std::byte>> answer_accounts(const schema::AskedQuery& asked, Cut& cut);

}  // namespace daybook::projector
