#include "http/cursor.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/moment.h"

namespace daybook::http {

namespace {

constexpr std::size_t kTrailMax = 8;
constexpr std::size_t kPositionMax = 255;
constexpr std::size_t kLimitMax = 1000;
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64(std::string_view bytes) {
    std::string text;
    unsigned bits = 0;
    unsigned count = 0;
    for (const char c : bytes) {
        bits = (bits << 8) | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6)
            text.push_back(kDigits[(bits >> (count - 6)) & 63]);
    }
    if (count > 0) text.push_back(kDigits[(bits << (6 - count)) & 63]);
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string bytes;
    unsigned bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto digit = kDigits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = (bits << 6) | static_cast<unsigned>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes.push_back(static_cast<char>((bits >> count) & 255));
    }
    // One text for one cursor.
    if (to_base64(bytes) != text) return std::nullopt;
    return bytes;
}

void put(std::string& bytes, std::uint64_t value) {
    for (int i = 0; i < 8; ++i)
        bytes.push_back(static_cast<char>((value >> (8 * i)) & 255));
}

// Walks the bytes of a cursor.
class Walk {
public:
    explicit Walk(std::string_view bytes) : rest_{bytes} {}

    std::uint64_t number() {
        const auto bytes = take(8);
        std::uint64_t value = 0;
        for (std::size_t i = bytes.size(); i-- > 0;)
            value = (value << 8) | static_cast<unsigned char>(bytes[i]);
        return value;
    }
    std::string text() {
        const auto size = take(1);
        return std::string{take(size.empty() ? 0 : static_cast<unsigned char>(size[0]))};
    }
    bool is_at_end() const { return rest_.empty(); }
    bool is_whole() const { return is_whole_; }

private:
    std::string_view take(std::size_t count) {
        if (count > rest_.size()) {
            is_whole_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

    std::string_view rest_;
    bool is_whole_ = true;
};

void put(std::string& bytes, const std::string& text) {
    bytes.push_back(static_cast<char>(text.size()));
    bytes += text;
}

std::uint64_t hash_of_filters(const Request& request) {
    std::uint64_t hash = 14695981039346656037ULL;
    const auto add = [&](std::string_view text) {
        for (const char c : text)
            hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        hash = (hash ^ 0x100) * 1099511628211ULL;
    };
    for (const auto& part : request.target.path)
        add(part);
    auto parameters = request.target.query;
    std::ranges::sort(parameters);
    for (const auto& [name, value] : parameters) {
        // Of the journal it says where to begin, which a cursor says itself.
        const bool is_start = name == "from_seq" && request.target.path.back() == "journal";
        if (name == "limit" || name == "cursor" || is_start) continue;
        add(name);
        add(value);
    }
    return hash;
}

std::string address_of(const Request& request, const std::string& cursor) {
    std::string address;
    for (const auto& part : request.target.path)
        address += "/" + encoded(part);
    address += "?";
    for (const auto& [name, value] : request.target.query) {
        if (name != "cursor") address += encoded(name) + "=" + encoded(value) + "&";
    }
    return address + "cursor=" + cursor;
}

}  // namespace

std::string Cursor::encode() const {
    std::string bytes;
    put(bytes, filters);
    put(bytes, as_of.value());
    put(bytes, position);
    for (const auto& earlier : trail)
        put(bytes, earlier);
    return to_base64(bytes);
}

std::optional<Cursor> Cursor::decode(std::string_view text) {
    const auto bytes = from_base64(text);
    if (!bytes) return std::nullopt;
    Walk walk{*bytes};
    Cursor cursor;
    cursor.filters = walk.number();
    cursor.as_of = Seq{walk.number()};
    cursor.position = walk.text();
    while (!walk.is_at_end())
        cursor.trail.push_back(walk.text());
    const bool is_right =
        walk.is_whole() && cursor.trail.size() <= kTrailMax && cursor.as_of <= kSeqMax;
    return is_right ? std::optional{cursor} : std::nullopt;
}

Cursor Cursor::next(std::string position_after) const {
    Cursor cursor = *this;
    cursor.trail.push_back(std::exchange(cursor.position, std::move(position_after)));
    if (cursor.trail.size() > kTrailMax) cursor.trail.erase(cursor.trail.begin());
    return cursor;
}

std::optional<Cursor> Cursor::prev() const {
    if (position.empty()) return std::nullopt;
    Cursor cursor = *this;
    cursor.position.clear();
    if (!cursor.trail.empty()) {
        cursor.position = std::move(cursor.trail.back());
        cursor.trail.pop_back();
    }
    return cursor;
}

OrProblem<Page> read_page(const Request& request) {
    Page page;
    page.cursor.filters = hash_of_filters(request);
    if (const auto* limit = request.target.find("limit")) {
        const auto number = parse_digits(*limit);
        if (!number || *number == 0 || *number > kLimitMax) {
            return std::unexpected{Problem{"bad_parameter", "limit is 1 to 1000"}};
        }
        page.limit = *number;
    }
    if (const auto* text = request.target.find("cursor")) {
        const auto cursor = Cursor::decode(*text);
        if (!cursor || cursor->filters != page.cursor.filters) {
            return std::unexpected{Problem{"bad_cursor"}};
        }
        page.cursor = *cursor;
    }
    return page;
}

void end_page(json::Line& line, Answer& answer, const Request& request, const Cursor& cursor,
              const std::string& next) {
    std::string link;
    const auto write = [&](std::string_view name, const std::optional<Cursor>& to) {
        if (!to) {
            line.json(name, "null");
            return;
        }
        const auto text = to->encode();
        line.text(name, text);
        link += (link.empty() ? "<" : ", <") + address_of(request, text) + ">; rel=\"" +
                std::string{name} + "\"";
    };
    write("next", next.empty() || next.size() > kPositionMax ? std::nullopt
                                                             : std::optional{cursor.next(next)});
    write("prev", cursor.prev());
    line.big("as_of_seq", cursor.as_of);
    if (!link.empty()) answer.with("Link", link);
}

OrProblem<std::optional<Seq>> seq_parameter(const Request& request, std::string_view name) {
    const auto* text = request.target.find(name);
    if (text == nullptr) return std::optional<Seq>{};
    const auto value = parse_digits(*text);
    if (!value || *value > kSeqMax.value()) {
        return std::unexpected{Problem{"bad_parameter", std::string{name} + " is not a seq"}};
    }
    return Seq{*value};
}

OrProblem<std::optional<Stamp>> moment_parameter(const Request& request, std::string_view name) {
    const auto* text = request.target.find(name);
    if (text == nullptr) return std::optional<Stamp>{};
    const auto moment = json::parse_moment_through(*text);
    if (!moment) {
        return std::unexpected{
            Problem{"bad_parameter",
                    std::string{name} + " is not a moment as in RFC 3339 (encode + as %2B)"}};
    }
    return *moment;
}

}  // namespace daybook::http
