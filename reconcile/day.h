// Days and periods, as bank statements have them: the calendar's, without hours or zones.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace daybook::reconcile {

using Day = std::chrono::sys_days;

// The day in UTC.
Day day_of(Stamp stamp);
// `1993-01-31`.
std::string to_string(Day day);

// How a statement writes its days: YYYY, YY (1970 to 2069), MM and DD, and between them what stands
// there. `DD.MM.YYYY` reads 31.01.1993.
class DayFormat {
public:
    // `bad_input` when it does not have a year, a month and a day once each.
    static Result<DayFormat> parse(std::string pattern);
    DayFormat() = default;

    // `bad_input` for any other text and for days there are not, e.g. 30 February.
    Result<Day> read(std::string_view text) const;
    const std::string& pattern() const { return pattern_; }

private:
    std::string pattern_ = "YYYY-MM-DD";
};

struct Period {
    Day from;
    Day to;  // exclusive

    bool has(Day day) const { return from <= day && day < to; }
    friend bool operator==(const Period&, const Period&) = default;
};

// `1993`, `1993-01`, `1993-01-15`, or two of them, `1993-01..1993-03`, both inclusive. `usage` for
// anything else.
Result<Period> parse_period(std::string_view text);
// `1993-01-01..1993-01-31`.
std::string to_string(const Period& period);

}  // namespace daybook::reconcile
