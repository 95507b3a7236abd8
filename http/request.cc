#include "http/request.h"

#include <algorithm>
#include <charconv>

#include "ledger/form.h"

namespace daybook::http {

namespace {

std::optional<std::string> decoded(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            unsigned code = 0;
            if (text.size() - i < 3) return std::nullopt;
            const char* start = text.data() + i + 1;
            const auto [end, error] = std::from_chars(start, start + 2, code, 16);
            if (error != std::errc{} || end != start + 2) return std::nullopt;
            c = static_cast<char>(code);
            i += 2;
        }
        result.push_back(c);
    }
    // It may come back in an answer.
    if (!result.empty() && !is_plain_text(result)) return std::nullopt;
    return result;
}

bool add_parameter(std::string_view text, Target& target) {
    const auto equals = text.find('=');
    const auto name = decoded(text.substr(0, equals));
    const auto value = equals == std::string_view::npos ? std::optional<std::string>{""}
                                                        : decoded(text.substr(equals + 1));
    if (!name || !value || target.find(*name) != nullptr) return false;
    target.query.emplace_back(*name, *value);
    return true;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return result;
}

// [::1]:80 is [::1].
std::string_view without_port(std::string_view host) {
    const auto colon = host.rfind(':');
    const auto bracket = host.rfind(']');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return has_port ? host.substr(0, colon) : host;
}

}  // namespace

std::optional<Target> Target::parse(std::string_view text) {
    Target target;
    const auto mark = text.find('?');
    auto path = text.substr(0, mark);
    if (path.empty() || path.front() != '/') return std::nullopt;
    path.remove_prefix(1);
    while (!path.empty()) {
        const auto slash = path.find('/');
        auto part = decoded(path.substr(0, slash));
        if (!part) return std::nullopt;
        target.path.push_back(*std::move(part));
        if (slash == std::string_view::npos) break;
        path.remove_prefix(slash + 1);
        if (path.empty()) target.path.emplace_back();  // a slash at the end is another path
    }
    if (mark == std::string_view::npos) return target;
    auto query = text.substr(mark + 1);
    while (!query.empty()) {
        const auto end = query.find('&');
        if (!add_parameter(query.substr(0, end), target)) return std::nullopt;
        if (end == std::string_view::npos) break;
        query.remove_prefix(end + 1);
    }
    return target;
}

const std::string* Target::find(std::string_view name) const {
    for (const auto& [stated, value] : query) {
        if (stated == name) return &value;
    }
    return nullptr;
}

std::optional<std::string> unquoted(std::string_view text) {
    if (text.empty() || text.front() != '"') return std::string{text};
    std::string result;
    for (std::size_t i = 1; i < text.size(); ++i) {
        char c = text[i];
        if (c == '"') return i + 1 == text.size() ? std::optional{result} : std::nullopt;
        if (c == '\\') {
            if (++i == text.size()) return std::nullopt;
            c = text[i];
            if (c != '"' && c != '\\') return std::nullopt;
        }
        result.push_back(c);
    }
    return std::nullopt;
}

std::optional<unsigned> wait_in(std::string_view prefer) {
    constexpr std::string_view kWait = "wait=";
    while (!prefer.empty()) {
        const auto comma = prefer.find(',');
        const auto preference = trimmed(prefer.substr(0, comma));
        if (preference.starts_with(kWait)) {
            const auto seconds = parse_digits(preference.substr(kWait.size()));
            if (seconds) return static_cast<unsigned>(std::min<std::uint64_t>(*seconds, 30));
        }
        if (comma == std::string_view::npos) break;
        prefer.remove_prefix(comma + 1);
    }
    return std::nullopt;
}

std::string encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-_.~:";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                              (c >= 'a' && c <= 'z') || kPlain.find(c) != std::string_view::npos;
        if (is_plain) {
            result.push_back(c);
        } else {
            result.push_back('%');
            result.push_back(kDigits[byte >> 4]);
            result.push_back(kDigits[byte & 15]);
        }
    }
    return result;
}

bool is_local_host(std::string_view host, std::string_view listen) {
    const auto name = lower(without_port(host));
    return name == "localhost" || name == "127.0.0.1" || name == "[::1]" ||
           name == lower(without_port(listen));
}

bool is_same_site(std::string_view origin, std::string_view host) {
    constexpr std::string_view kAfterScheme = "://";
    const auto end = origin.find(kAfterScheme);
    return end != std::string_view::npos &&
           lower(origin.substr(end + kAfterScheme.size())) == lower(host);
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
    if (trimmed(if_none_match) == "*") return true;
    while (!if_none_match.empty()) {
        const auto comma = if_none_match.find(',');
        auto tag = trimmed(if_none_match.substr(0, comma));
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag) return true;
        if (comma == std::string_view::npos) break;
        if_none_match.remove_prefix(comma + 1);
    }
    return false;
}

std::string checked_traceparent(std::string_view text) {
    constexpr std::string_view kForm = "00-00000000000000000000000000000000-0000000000000000-00";
    const auto fits = [](char c, char form) {
        if (form == '-') return c == '-';
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    };
    return std::ranges::equal(text, kForm, fits) ? std::string{text} : std::string{};
}

bool is_sampled(std::string_view traceparent) {
    if (traceparent.empty()) return false;
    const char last = traceparent.back();
    return ((last <= '9' ? last - '0' : last - 'a' + 10) & 1) != 0;
}

bool is_continue(std::string_view expect) {
    return lower(trimmed(expect)) == "100-continue";
}

bool is_json(std::string_view content_type) {
    return lower(trimmed(content_type.substr(0, content_type.find(';')))) == "application/json";
}

std::optional<std::uint64_t> parse_digits(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace daybook::http
