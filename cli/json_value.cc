#include "cli/json_value.h"

#include <cstddef>
#include <cstdint>
#include <limits>

// The parser's implementation: our handler builds the value, the library's own is not used.
#include <boost/json/basic_parser_impl.hpp>

namespace daybook::cli {

namespace {

namespace json = boost::json;

// What the parser calls, in the order of the text. The names and forms are the library's.
struct Handler {
    // NOLINTBEGIN(readability-identifier-naming)
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
    // NOLINTEND(readability-identifier-naming)

    JsonValue root;
    std::vector<JsonValue*> open;  // lists and objects that have not ended, outermost first
    std::string key;
    std::string text;
    std::string twice;  // a field that an object has twice

    JsonValue& add(JsonValue::Kind kind) {
        JsonValue* added = &root;
        if (!open.empty() && open.back()->kind == JsonValue::Kind::list) {
            added = &open.back()->items.emplace_back();
        } else if (!open.empty()) {
            if (open.back()->find(key) != nullptr && twice.empty()) twice = key;
            added = &open.back()->fields.emplace_back(std::exchange(key, {}), JsonValue{}).value;
        }
        added->kind = kind;
        return *added;
    }
    bool add_number(json::string_view last) {
        text.append(last.data(), last.size());
        add(JsonValue::Kind::number).text = std::exchange(text, {});
        return true;
    }
    bool append(std::string& to, json::string_view part) {
        to.append(part.data(), part.size());
        return true;
    }
    bool begin(JsonValue::Kind kind) {
        open.push_back(&add(kind));
        return true;
    }
    bool end() {
        open.pop_back();
        return true;
    }

    using Code = json::error_code;
    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return begin(JsonValue::Kind::object); }
    bool on_object_end(std::size_t, Code&) { return end(); }
    bool on_array_begin(Code&) { return begin(JsonValue::Kind::list); }
    bool on_array_end(std::size_t, Code&) { return end(); }
    bool on_key_part(json::string_view part, std::size_t, Code&) { return append(key, part); }
    bool on_key(json::string_view last, std::size_t, Code&) { return append(key, last); }
    bool on_string_part(json::string_view part, std::size_t, Code&) { return append(text, part); }
    bool on_string(json::string_view last, std::size_t, Code&) {
        append(text, last);
        add(JsonValue::Kind::text).text = std::exchange(text, {});
        return true;
    }
    bool on_number_part(json::string_view part, Code&) { return append(text, part); }
    bool on_int64(std::int64_t, json::string_view last, Code&) { return add_number(last); }
    bool on_uint64(std::uint64_t, json::string_view last, Code&) { return add_number(last); }
    bool on_double(double, json::string_view last, Code&) { return add_number(last); }
    bool on_bool(bool value, Code&) {
        add(JsonValue::Kind::boolean).is_true = value;
        return true;
    }
    bool on_null(Code&) {
        add(JsonValue::Kind::null);
        return true;
    }
    bool on_comment_part(json::string_view, Code&) { return true; }
    bool on_comment(json::string_view, Code&) { return true; }
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
    for (const auto& field : fields) {
        if (field.name == name) return &field.value;
    }
    return nullptr;
}

std::string_view name_of(JsonValue::Kind kind) {
    switch (kind) {
        case JsonValue::Kind::null:
            return "null";
        case JsonValue::Kind::boolean:
            return "a boolean";
        case JsonValue::Kind::number:
            return "a number";
        case JsonValue::Kind::text:
            return "a string";
        case JsonValue::Kind::list:
            return "a list";
        case JsonValue::Kind::object:
            return "an object";
    }
    return "unknown";
}

Result<JsonValue> parse_json(std::string_view text) {
    json::basic_parser<Handler> parser{json::parse_options{}};
    Handler::Code error;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
    if (!error && read < text.size()) error = json::error::extra_data;
    if (error) {
        return fail(ErrorCode::bad_input,
                    "column " + std::to_string(read + 1) + ": not JSON (" + error.message() + ")");
    }
    auto& handler = parser.handler();
    if (!handler.twice.empty()) {
        return fail(ErrorCode::bad_input, "field '" + handler.twice + "' is there twice");
    }
    return std::move(handler.root);
}

}  // namespace daybook::cli
