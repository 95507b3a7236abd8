// The names of remarks in JSON (docs/jsonl.md).
#pragma once

#include <optional>
#include <string_view>

#include "ledger/remark.h"

namespace daybook::json {

std::string_view name_of(RemarkKind kind);
std::optional<RemarkKind> parse_remark_kind(std::string_view text);

}  // namespace daybook::json
