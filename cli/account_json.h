// All there is to say of an account, as one JSON object.
#pragma once

#include "base/seq.h"
#include "cli/read_options.h"
#include "json/line.h"

namespace daybook::cli {

void write_account(json::Line& json, const AccountLine& line, Seq as_of);

}  // namespace daybook::cli
