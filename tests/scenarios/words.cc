#include "tests/scenarios/words.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace daybook::scenarios {

namespace {

// Reads one escape behind a backslash off the front of `rest`.
std::optional<char> unescape(std::string_view& rest) {
    if (rest.empty()) return std::nullopt;
    const char kind = rest.front();
    rest.remove_prefix(1);
    if (kind == 'n') return '\n';
    if (kind == '"' || kind == '\\') return kind;
    if (kind != 'x' || rest.size() < 2) return std::nullopt;
    unsigned value = 0;
    const auto [end, failure] = std::from_chars(rest.data(), rest.data() + 2, value, 16);
    if (failure != std::errc{} || end != rest.data() + 2) return std::nullopt;
    rest.remove_prefix(2);
    return static_cast<char>(value);
}

// Reads up to the closing quote; the opening one is already taken.
std::optional<std::string> quoted(std::string_view& rest) {
    std::string text;
    while (!rest.empty()) {
        const char c = rest.front();
        rest.remove_prefix(1);
        if (c == '"') return text;
        if (c != '\\') {
            text.push_back(c);
            continue;
        }
        const auto escaped = unescape(rest);
        if (!escaped) return std::nullopt;
        text.push_back(*escaped);
    }
    return std::nullopt;
}

bool starts_comment(std::string_view rest, bool is_first) {
    return rest.front() == '#' && (is_first || rest.size() == 1 || rest[1] == ' ');
}

}  // namespace

std::expected<std::vector<std::string>, std::string> split_words(std::string_view line) {
    std::vector<std::string> words;
    while (true) {
        line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
        if (line.empty() || starts_comment(line, words.empty())) return words;
        if (line.front() == '"') {
            line.remove_prefix(1);
            auto text = quoted(line);
            if (!text) return std::unexpected{"a quoted text does not end, or has a bad escape"};
            words.push_back(*std::move(text));
            continue;
        }
        const auto length = std::min(line.find_first_of(" \t\r"), line.size());
        words.emplace_back(line.substr(0, length));
        line.remove_prefix(length);
    }
}

std::string Words::word(std::string_view what) {
    if (has_failed()) return {};
    if (is_at_end()) {
        fail("expected " + std::string{what} + " at the end of the line");
        return {};
    }
    return words_[next_++];
}

bool Words::take(std::string_view word) {
    if (has_failed() || is_at_end() || words_[next_] != word) return false;
    ++next_;
    return true;
}

std::uint64_t Words::number(std::string_view what) {
    const auto text = word(what);
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) {
        fail("expected " + std::string{what} + ", found '" + text + "'");
    }
    return value;
}

Amount Words::amount(std::string_view what) {
    const auto text = word(what);
    const auto value = parse_amount(text);
    if (!value) fail("expected " + std::string{what} + ", found '" + text + "'");
    return value.value_or(Amount{});
}

SignedAmount Words::signed_amount(std::string_view what) {
    const auto text = word(what);
    const auto value = parse_signed_amount(text);
    if (!value) fail("expected " + std::string{what} + ", found '" + text + "'");
    return value.value_or(SignedAmount{});
}

}  // namespace daybook::scenarios
