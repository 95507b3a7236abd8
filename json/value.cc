#include "json/value.h"

#include <cstddef>
#include <cstdint>
#include <limits>

// The parser's implementation: our handler builds the value, the library's own is not used.
#include <boost/json/basic_parser_impl.hpp>

namespace daybook::json {

namespace {

namespace parser = boost::json;

// Finding one field looks at each: no object of ours has more.
constexpr std::size_t kFieldsMax = 128;

// What the parser calls, in the order of the text. The names and forms are the library's.
struct Handler {
    // NOLINTBEGIN(readability-identifier-naming)
    static constexpr std::size_t max_object_size = kFieldsMax;
    static constexpr std::size_t max_array_size = kItemsMax;
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
    // NOLINTEND(readability-identifier-naming)

    Value root;
    std::vector<Value*> open;  // lists and objects that have not ended, outermost first
    std::string key;
    std::string text;
    std::string twice;  // a field that an object has twice

    Value& add(Value::Kind kind) {
        Value* added = &root;
        if (!open.empty() && open.back()->kind == Value::Kind::list) {
            added = &open.back()->items.emplace_back();
        } else if (!open.empty()) {
            if (open.back()->find(key) != nullptr && twice.empty()) twice = key;
            added = &open.back()->fields.emplace_back(std::exchange(key, {}), Value{}).value;
        }
        added->kind = kind;
        return *added;
    }
    bool add_number(parser::string_view last) {
        text.append(last.data(), last.size());
        add(Value::Kind::number).text = std::exchange(text, {});
        return true;
    }
    bool append(std::string& to, parser::string_view part) {
        to.append(part.data(), part.size());
        return true;
    }
    bool begin(Value::Kind kind) {
        open.push_back(&add(kind));
        return true;
    }
    bool end() {
        open.pop_back();
        return true;
    }

    using Code = parser::error_code;
    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return begin(Value::Kind::object); }
    bool on_object_end(std::size_t, Code&) { return end(); }
    bool on_array_begin(Code&) { return begin(Value::Kind::list); }
    bool on_array_end(std::size_t, Code&) { return end(); }
    bool on_key_part(parser::string_view part, std::size_t, Code&) { return append(key, part); }
    bool on_key(parser::string_view last, std::size_t, Code&) { return append(key, last); }
    bool on_string_part(parser::string_view part, std::size_t, Code&) { return append(text, part); }
    bool on_string(parser::string_view last, std::size_t, Code&) {
        append(text, last);
        add(Value::Kind::text).text = std::exchange(text, {});
        return true;
    }
    bool on_number_part(parser::string_view part, Code&) { return append(text, part); }
    bool on_int64(std::int64_t, parser::string_view last, Code&) { return add_number(last); }
    bool on_uint64(std::uint64_t, parser::string_view last, Code&) { return add_number(last); }
    bool on_double(double, parser::string_view last, Code&) { return add_number(last); }
    bool on_bool(bool value, Code&) {
        add(Value::Kind::boolean).is_true = value;
        return true;
    }
    bool on_null(Code&) {
        add(Value::Kind::null);
        return true;
    }
    bool on_comment_part(parser::string_view, Code&) { return true; }
    bool on_comment(parser::string_view, Code&) { return true; }
};

}  // namespace

const Value* Value::find(std::string_view name) const {
    for (const auto& field : fields) {
        if (field.name == name) return &field.value;
    }
    return nullptr;
}

std::string_view name_of(Value::Kind kind) {
    switch (kind) {
        case Value::Kind::null:
            return "null";
        case Value::Kind::boolean:
            return "a boolean";
        case Value::Kind::number:
            return "a number";
        case Value::Kind::text:
            return "a string";
        case Value::Kind::list:
            return "a list";
        case Value::Kind::object:
            return "an object";
    }
    return "unknown";
}

Result<Value> parse(std::string_view text) {
    parser::basic_parser<Handler> reader{parser::parse_options{}};
    Handler::Code error;
    const std::size_t read = reader.write_some(false, text.data(), text.size(), error);
    if (!error && read < text.size()) error = parser::error::extra_data;
    if (error) {
        return fail(ErrorCode::bad_input,
                    "column " + std::to_string(read + 1) + ": not JSON (" + error.message() + ")");
    }
    auto& handler = reader.handler();
    if (!handler.twice.empty()) {
        return fail(ErrorCode::bad_input, "field '" + handler.twice + "' is there twice");
    }
    return std::move(handler.root);
}

}  // namespace daybook::json
