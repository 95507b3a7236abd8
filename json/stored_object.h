// Objects that daybook itself has written to a file, and reads back: manifests.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "json/fields.h"
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
    Reading reading;
    Fields fields{*value, reading};
    auto object = read(fields);
    fields.finish();
    if (!reading.problems.empty()) return std::unexpected{as_error(reading.problems.front())};
    return object;
}

}  // namespace daybook::json
