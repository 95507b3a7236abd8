// Stamp: a moment as the journal labels it. Clock: where the sequencer gets one.
// Time labels the order, it never makes it: a Stamp enters the ledger only as data.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace daybook {

// Nanoseconds since 1970-01-01T00:00:00Z, without leap seconds; 0 means "none". Range: until 2262.
class Stamp {
public:
    constexpr Stamp() = default;
    constexpr explicit Stamp(std::int64_t nanoseconds) : nanoseconds_{nanoseconds} {}

    constexpr std::int64_t nanoseconds() const { return nanoseconds_; }
    constexpr bool is_none() const { return nanoseconds_ == 0; }

    friend constexpr auto operator<=>(Stamp, Stamp) = default;

private:
    std::int64_t nanoseconds_ = 0;
};

// RFC 3339 in UTC with microseconds: `2026-03-01T12:00:00.000000Z`.
std::string to_string(Stamp stamp);

// A seam: tests hand in a clock of their own.
class Clock {
public:
    Clock() = default;
    virtual ~Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    Clock(Clock&&) = delete;
    Clock& operator=(Clock&&) = delete;
    virtual Stamp now() = 0;
};

// CLOCK_REALTIME. May jump either way; the sequencer never lets a block's stamp go back.
class SystemClock final : public Clock {
public:
    Stamp now() override;
};

}  // namespace daybook
