// Objects that daybook itself has written to a file, and reads back: manifests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "json/fields.h"
#include "json/value.h"

namespace daybook::json {

// Of fields that must be there.
std::uint64_t read_big(Fields& fields, std::string_view name);
Amount read_amount(Fields& fields, std::string_view name);
// The name of a file beside this one: no path, and none that is hidden.
std::string read_file_name(Fields& fields, std::string_view name);

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
