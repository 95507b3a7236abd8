#include "json/moment.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace daybook::json {

namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::string_view kDigits = "0123456789";

bool is_all_digits(std::string_view text) {
    return text.find_first_not_of(kDigits) == std::string_view::npos;
}

// Takes text off the front; once something is missing it stays wrong.
class Taker {
public:
    explicit Taker(std::string_view text) : rest_{text} {}

    // Exactly `count` digits.
    int digits(std::size_t count) {
        int value = 0;
        const auto text = rest_.substr(0, count);
        is_right_ = is_right_ && text.size() == count && is_all_digits(text);
        if (is_right_) std::from_chars(text.data(), text.data() + text.size(), value);
        rest_.remove_prefix(text.size());
        return value;
    }
    // Nanoseconds from `.5` and the like; 0 when there is no point.
    std::int64_t fraction() {
        constexpr std::size_t kDigitsMax = 9;
        if (!take(".")) return 0;
        const std::size_t length = std::min(rest_.find_first_not_of(kDigits), rest_.size());
        is_right_ = is_right_ && length != 0 && length <= kDigitsMax;
        if (!is_right_) return 0;
        std::int64_t value = digits(length);
        for (std::size_t i = length; i < kDigitsMax; ++i)
            value *= 10;
        return value;
    }
    bool take(std::string_view expected) {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(expected.size());
        return true;
    }
    void expect(std::string_view expected) { is_right_ = take(expected) && is_right_; }
    void must(bool condition) { is_right_ = is_right_ && condition; }
    bool is_at_end() const { return rest_.empty(); }
    bool is_whole() const { return is_right_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool is_right_ = true;
};

struct Read {
    std::chrono::sys_days day;
    seconds time{0};  // of the day, in UTC
    std::int64_t nanosecond = 0;
};

std::optional<Read> read_moment(std::string_view text) {
    Taker taker{text};
    const std::chrono::year year{taker.digits(4)};
    taker.expect("-");
    const std::chrono::month month{static_cast<unsigned>(taker.digits(2))};
    taker.expect("-");
    const std::chrono::day day{static_cast<unsigned>(taker.digits(2))};
    const std::chrono::year_month_day date{year, month, day};
    taker.must(date.ok());
    Read read;
    if (taker.is_at_end()) return taker.is_whole() ? std::optional{Read{date}} : std::nullopt;
    if (!taker.take("T")) taker.expect("t");
    const int hour = taker.digits(2);
    taker.expect(":");
    const int minute = taker.digits(2);
    taker.expect(":");
    const int second = taker.digits(2);
    taker.must(hour <= 23 && minute <= 59 && second <= 59);
    read.nanosecond = taker.fraction();
    int offset = 0;
    if (!taker.take("Z") && !taker.take("z")) {
        const int sign = taker.take("-") ? -1 : 1;
        if (sign == 1) taker.expect("+");
        const int offset_hours = taker.digits(2);
        taker.expect(":");
        const int offset_minutes = taker.digits(2);
        taker.must(offset_hours <= 23 && offset_minutes <= 59);
        offset = sign * (offset_hours * 3600 + offset_minutes * 60);
    }
    if (!taker.is_whole()) return std::nullopt;
    read.day = date;
    read.time = seconds{hour * 3600 + minute * 60 + second - offset};
    return read;
}

std::string quoted(std::string_view text) {
    return "'" + std::string{text} + "'";
}

}  // namespace

Result<Stamp> parse_moment(std::string_view text) {
    const auto read = read_moment(text);
    if (!read) {
        return fail(ErrorCode::usage, quoted(text) +
                                          " is not a moment: write a day, 2026-03-01, or RFC 3339, "
                                          "2026-03-01T12:00:00Z");
    }
    constexpr std::int64_t kNanosecondsASecond = 1'000'000'000;
    const seconds whole = read->day.time_since_epoch() + read->time;
    std::int64_t sum = 0;
    const bool is_outside =
        __builtin_mul_overflow(std::int64_t{whole.count()}, kNanosecondsASecond, &sum) ||
        __builtin_add_overflow(sum, read->nanosecond, &sum);
    if (is_outside) {
        return fail(ErrorCode::usage, quoted(text) + " is outside the years 1678 to 2261");
    }
    if (sum == 0) {
        return fail(ErrorCode::usage,
                    quoted(text) + " is the one moment that means none; take another");
    }
    return Stamp{sum};
}

Result<Stamp> parse_moment_through(std::string_view text) {
    constexpr std::size_t kShownDigits = 6;
    constexpr std::int64_t kLastOfMicrosecond = 999;
    const auto moment = parse_moment(text);
    if (!moment) return moment;
    const auto point = std::min(text.find('.'), text.size());
    const auto end = std::min(text.find_first_not_of(kDigits, point + 1), text.size());
    if (end > point + 1 + kShownDigits) return moment;
    return Stamp{moment->nanoseconds() + kLastOfMicrosecond};
}

Result<seconds> parse_time_span(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit{end, text.data() + text.size()};
    const std::int64_t unit_seconds = unit == "s"   ? 1
                                      : unit == "m" ? 60
                                      : unit == "h" ? 3600
                                      : unit == "d" ? 86400
                                                    : 0;
    constexpr std::int64_t kSecondsMax = std::int64_t{100} * 366 * 86400;
    if (error != std::errc{} || unit_seconds == 0 || count <= 0 ||
        count > kSecondsMax / unit_seconds) {
        return fail(ErrorCode::usage, quoted(text) +
                                          " is not a time span: write a number and s, m, h or d, "
                                          "e.g. 30m or 7d, at most a century");
    }
    return seconds{count * unit_seconds};
}

}  // namespace daybook::json
