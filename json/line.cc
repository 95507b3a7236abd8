#include "json/line.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace daybook::json {

void Line::start(std::string_view name) {
    if (needs_comma_) line_.push_back(',');
    needs_comma_ = true;
    if (name.empty()) return;
    quote(name);
    line_.push_back(':');
}

void Line::quote(std::string_view value) {
    line_.push_back('"');
    std::size_t copied = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto c = static_cast<unsigned char>(value[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        line_.append(value.substr(copied, i - copied));
        copied = i + 1;
        if (c < 0x20) {
            fmt::format_to(std::back_inserter(line_), "\\u{:04x}", c);
        } else {
            line_.push_back('\\');
            line_.push_back(value[i]);
        }
    }
    line_.append(value.substr(copied));
    line_.push_back('"');
}

template <typename Integer>
void Line::digits(Integer value) {
    std::array<char, 20> text{};  // enough for 64 bits and a sign
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    line_.append(text.data(), end);
}

Line& Line::begin_object(std::string_view name) {
    start(name);
    line_.push_back('{');
    needs_comma_ = false;
    return *this;
}

Line& Line::end_object() {
    line_.push_back('}');
    needs_comma_ = true;
    return *this;
}

Line& Line::begin_array(std::string_view name) {
    start(name);
    line_.push_back('[');
    needs_comma_ = false;
    return *this;
}

Line& Line::end_array() {
    line_.push_back(']');
    needs_comma_ = true;
    return *this;
}

Line& Line::text(std::string_view name, std::string_view value) {
    start(name);
    quote(value);
    return *this;
}

Line& Line::big(std::string_view name, std::uint64_t value) {
    start(name);
    line_.push_back('"');
    digits(value);
    line_.push_back('"');
    return *this;
}

Line& Line::signed_big(std::string_view name, std::int64_t value) {
    start(name);
    line_.push_back('"');
    digits(value);
    line_.push_back('"');
    return *this;
}

Line& Line::amount(std::string_view name, Amount value) {
    if (value.high() == 0) return big(name, value.low());
    return text(name, to_string(value));
}

Line& Line::amount(std::string_view name, SignedAmount value) {
    return text(name, to_string(value));
}

Line& Line::small(std::string_view name, std::uint32_t value) {
    start(name);
    digits(value);
    return *this;
}

Line& Line::measured(std::string_view name, double value) {
    start(name);
    line_ += fmt::format("{:.4f}", value);
    return *this;
}

Line& Line::boolean(std::string_view name, bool value) {
    start(name);
    line_ += value ? "true" : "false";
    return *this;
}

Line& Line::json(std::string_view name, std::string_view value) {
    start(name);
    line_ += value;
    return *this;
}

void Line::clear() {
    line_.clear();
    needs_comma_ = false;
}

}  // namespace daybook::json
