// Value: JSON as it was written: a number keeps its digits, an object the order of its fields,
// none of them twice.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace daybook::json {

// More than any list of ours has; a value takes up many times the bytes of its text.
inline constexpr std::size_t kItemsMax = 8'192;

struct Field;

struct Value {
    enum class Kind { null, boolean, number, text, list, object };

    Kind kind = Kind::null;
    bool is_true = false;       // boolean
    std::string text;           // text; the digits of a number
    std::vector<Value> items;   // list
    std::vector<Field> fields;  // object

    // Null when the object has no such field.
    const Value* find(std::string_view name) const;
};

struct Field {
    std::string name;
    Value value;
};

std::string_view name_of(Value::Kind kind);

// One value and nothing else. `bad_input` says what is wrong and where, from column 1.
Result<Value> parse(std::string_view text);

}  // namespace daybook::json
