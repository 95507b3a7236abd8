// JsonValue: JSON as it was written: a number keeps its digits, an object the order of its fields,
// none of them twice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace daybook::cli {

struct JsonField;

struct JsonValue {
    enum class Kind { null, boolean, number, text, list, object };

    Kind kind = Kind::null;
    bool is_true = false;           // boolean
    std::string text;               // text; the digits of a number
    std::vector<JsonValue> items;   // list
    std::vector<JsonField> fields;  // object

    // Null when the object has no such field.
    const JsonValue* find(std::string_view name) const;
};

struct JsonField {
    std::string name;
    JsonValue value;
};

std::string_view name_of(JsonValue::Kind kind);

// One value and nothing else. `bad_input` says what is wrong and where, from column 1.
Result<JsonValue> parse_json(std::string_view text);

}  // namespace daybook::cli
