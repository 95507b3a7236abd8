// Objects that daybook itself has written to a file, and reads back: manifests.
#pragma once

#include <string_view>
#include <type_traits>

#include "base/result.h"
#include "json/fields.h"
#include "json/read_line.h"
#include "json/value.h"

namespace daybook::json {

// What `read` makes of the one object that the text is. `bad_input`, naming the field, when it is
// none, or a field is wrong or unknown.
template <typename Read>
auto read_object(std::string_view text, const Read& read)
    -> Result<std::invoke_result_t<const Read&, Fields&>> {
    const auto value = parse(text);
    if (!value) return std::unexpected{value.error()};
    if (value->kind != Value::Kind::object) {
        return fail(ErrorCode::bad_input, "it is no JSON object");
    }
    return read_strictly(*value, [&](const Value&, Fields& fields) { return read(fields); });
}

}  // namespace daybook::json
