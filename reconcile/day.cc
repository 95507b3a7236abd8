#include "reconcile/day.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

namespace daybook::reconcile {

namespace {

using std::chrono::days;
using std::chrono::month;
using std::chrono::months;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;
using std::chrono::years;

// Exactly these digits; nothing for signs and spaces.
std::optional<int> number(std::string_view text) {
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return text.empty() ? std::nullopt : std::optional{value};
}

std::optional<Day> day_from(int of_year, int of_month, int of_day) {
    const year_month_day day{year{of_year}, month{static_cast<unsigned>(of_month)},
                             std::chrono::day{static_cast<unsigned>(of_day)}};
    // A Stamp reaches from 1678 to 2261.
    if (!day.ok() || of_year < 1678 || of_year > 2261) return std::nullopt;
    return Day{day};
}

constexpr std::array<std::string_view, 4> kFields{"YYYY", "YY", "MM", "DD"};

// The field that `pattern` starts with; empty when it is plain text.
std::string_view field_at(std::string_view pattern) {
    for (const auto field : kFields) {
        if (pattern.starts_with(field)) return field;
    }
    return {};
}

// One of the forms of a period.
std::optional<Period> span_of(std::string_view text) {
    const auto is_dashed = [&](std::size_t at) { return text[at] == '-'; };
    const bool has_form = text.size() == 4 || (text.size() == 7 && is_dashed(4)) ||
                          (text.size() == 10 && is_dashed(4) && is_dashed(7));
    if (!has_form) return std::nullopt;
    const auto of_year = number(text.substr(0, 4));
    const auto of_month = text.size() >= 7 ? number(text.substr(5, 2)) : 1;
    const auto of_day = text.size() == 10 ? number(text.substr(8, 2)) : 1;
    if (!of_year || !of_month || !of_day) return std::nullopt;
    const auto from = day_from(*of_year, *of_month, *of_day);
    if (!from) return std::nullopt;
    if (text.size() == 10) return Period{*from, *from + days{1}};
    const year_month first{year{*of_year}, month{static_cast<unsigned>(*of_month)}};
    const year_month next = text.size() == 7 ? first + months{1} : first + years{1};
    return Period{*from, Day{next / 1}};
}

}  // namespace

Day day_of(Stamp stamp) {
    return std::chrono::floor<days>(std::chrono::sys_time<std::chrono::nanoseconds>{
        std::chrono::nanoseconds{stamp.nanoseconds()}});
}

std::string to_string(Day day) {
    const year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Result<DayFormat> DayFormat::parse(std::string pattern) {
    std::array<int, 3> counts{};  // years, months, days
    for (std::string_view rest = pattern; !rest.empty();) {
        const auto field = field_at(rest);
        if (!field.empty()) ++counts.at(field[0] == 'Y' ? 0 : field[0] == 'M' ? 1 : 2);
        rest.remove_prefix(field.empty() ? 1 : field.size());
    }
    if (counts != std::array{1, 1, 1}) {
        return fail(ErrorCode::bad_input,
                    "'" + pattern + "' is no form of a day: write YYYY or YY, MM and DD once each");
    }
    DayFormat format;
    format.pattern_ = std::move(pattern);
    return format;
}

Result<Day> DayFormat::read(std::string_view text) const {
    int of_year = 0;
    int of_month = 0;
    int of_day = 0;
    bool is_right = true;
    auto rest = text;
    for (std::string_view form = pattern_; is_right && !form.empty();) {
        const auto field = field_at(form);
        const std::size_t length = field.empty() ? 1 : field.size();
        const auto part = rest.substr(0, length);
        if (field.empty()) {
            is_right = part == form.substr(0, 1);
        } else {
            const auto value = number(part);
            is_right = value && part.size() == length;
            int& target = field[0] == 'Y' ? of_year : field[0] == 'M' ? of_month : of_day;
            target = value.value_or(0);
            if (field == "YY") target += target < 70 ? 2000 : 1900;
        }
        rest.remove_prefix(part.size());
        form.remove_prefix(length);
    }
    const auto day = is_right && rest.empty() ? day_from(of_year, of_month, of_day) : std::nullopt;
    if (day) return *day;
    return fail(ErrorCode::bad_input,
                "'" + std::string{text} + "' is not a day of the form " + pattern_);
}

Result<Period> parse_period(std::string_view text) {
    const auto dots = text.find("..");
    const auto first = span_of(text.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : span_of(text.substr(dots + 2));
    if (first && last && first->from < last->to) return Period{first->from, last->to};
    return fail(ErrorCode::usage, "'" + std::string{text} +
                                      "' is not a period: write 1993, 1993-01, 1993-01-15 or "
                                      "1993-01..1993-03 (both inclusive)");
}

std::string to_string(const Period& period) {
    return to_string(period.from) + ".." + to_string(period.to - days{1});
}

}  // namespace daybook::reconcile
