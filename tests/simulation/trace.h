// Trace: everything that happens in a run, in order, as one hash; printed line by line when asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace daybook::simulation {

// Simulated time, from the start of the run.
using Nanos = std::int64_t;
inline constexpr Nanos kMicrosecond = 1'000;
inline constexpr Nanos kMillisecond = 1'000'000;
inline constexpr Nanos kSecond = 1'000'000'000;

// Same bytes, same number.
std::uint64_t digest(Bytes bytes);

class Trace {
public:
    explicit Trace(bool is_printed) : is_printed_{is_printed} {}

    // `what` is a literal.
    void note(Nanos at, std::string_view what, std::uint64_t first = 0, std::uint64_t second = 0,
              std::uint64_t third = 0) {
        for (const std::uint64_t value :
             {static_cast<std::uint64_t>(at), digest_of(what), first, second, third}) {
            hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15;
            hash_ ^= hash_ >> 32;
        }
        ++events_;
        if (is_printed_) print(at, what, first, second, third);
    }

    std::uint64_t hash() const { return hash_; }
    std::uint64_t events() const { return events_; }
    bool is_printed() const { return is_printed_; }

private:
    // Of a name: its length and its ends tell the few there are apart.
    static std::uint64_t digest_of(std::string_view what) {
        return what.size() + (static_cast<std::uint64_t>(what.front()) << 8) +
               (static_cast<std::uint64_t>(what.back()) << 16);
    }
    static void print(Nanos at, std::string_view what, std::uint64_t first, std::uint64_t second,
                      std::uint64_t third);

    bool is_printed_;
    std::uint64_t hash_ = 0;
    std::uint64_t events_ = 0;
};

}  // namespace daybook::simulation
