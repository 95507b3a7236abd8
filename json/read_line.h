// A line that is one object, read strictly: what is not one, or has a field that nobody took, is
// `bad_input`. Only for json/: others read lines and stored objects by its readers.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"
#include "json/fields.h"
#include "json/value.h"

namespace daybook::json {

// What `read` makes of the object and its fields.
template <typename Read>
Result<std::invoke_result_t<Read, const Value&, Fields&>> read_strictly(const Value& object,
                                                                        const Read& read) {
    Reading reading;
    Fields fields{object, reading};
    auto what = read(object, fields);
    fields.finish();
    if (!reading.problems.empty()) return std::unexpected{as_error(reading.problems.front())};
    return what;
}

// The same of a line.
template <typename Read>
Result<std::invoke_result_t<Read, const Value&, Fields&>> read_line(std::string_view line,
                                                                    const Read& read) {
    const auto value = parse(line);
    if (!value) return std::unexpected{value.error()};
    if (value->kind != Value::Kind::object) {
        return fail(ErrorCode::bad_input,
                    "the line is " + std::string{name_of(value->kind)} + ", not an object");
    }
    return read_strictly(*value, read);
}

}  // namespace daybook::json
