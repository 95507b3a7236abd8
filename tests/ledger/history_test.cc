#include "ledger/history.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include <catch2/catch.hpp>

namespace daybook {

namespace {

// Touches are numbered 1, 2, 3 …; 0 is none. Myers' definition, by lengths, without any trees: the
// jump of a new touch merges the last two equal spans when they are equal, else goes to its
// predecessor.
class NaiveHistory {
public:
    std::size_t push() {
        const std::size_t last = jumps_.size() - 1;
        const std::size_t middle = jumps_[last];
        const bool are_equal = last != 0 && last - middle == middle - jumps_[middle];
        jumps_.push_back(are_equal ? jumps_[middle] : last);
        return jumps_.back();
    }
    std::size_t jump_of(std::size_t touch) const { return jumps_[touch]; }

private:
    std::vector<std::size_t> jumps_{0};
};

TouchPointer place_of(std::size_t touch) {
    return touch == 0 ? TouchPointer{}
                      : TouchPointer{Seq{touch}, static_cast<std::uint16_t>(touch % 7)};
}

std::vector<std::size_t> jumps_of(std::size_t touches) {
    History history;
    std::vector<std::size_t> jumps{0};
    for (std::size_t touch = 1; touch <= touches; ++touch) {
        jumps.push_back(history.push(place_of(touch)).jump.seq().value());
    }
    return jumps;
}

std::size_t hops(const std::vector<std::size_t>& jumps, std::size_t from, std::size_t target) {
    std::size_t count = 0;
    for (std::size_t touch = from; touch != target; ++count) {
        touch = jumps[touch] >= target ? jumps[touch] : touch - 1;
    }
    return count;
}

}  // namespace

TEST_CASE("a touch pointer keeps a 48-bit seq and a 16-bit touch", "[ledger][history]") {
    const TouchPointer pointer{kSeqMax, 65535};
    CHECK(pointer.seq() == kSeqMax);
    CHECK(pointer.touch() == 65535);
    CHECK(pointer.bits() == ~std::uint64_t{0});
    CHECK(TouchPointer{Seq{1}, 0}.bits() == 65536);
    CHECK(TouchPointer{}.is_none());
    CHECK_FALSE(TouchPointer{Seq{1}, 0}.is_none());
    CHECK(TouchPointer{Seq{1}, 1} < TouchPointer{Seq{2}, 0});
}

TEST_CASE("a touch pointer is written as seq and touch, and nothing else is read as one",
          "[ledger][history]") {
    CHECK(to_string(TouchPointer{Seq{12}, 3}) == "12.3");
    CHECK(to_string(TouchPointer{Seq{12}, 0}) == "12.0");
    CHECK(parse_touch_pointer("12.3") == TouchPointer{Seq{12}, 3});
    CHECK(parse_touch_pointer("12") == TouchPointer{Seq{12}, 0});
    CHECK(parse_touch_pointer("281474976710655.65535") == TouchPointer{kSeqMax, 65535});
    for (const char* text : {"", ".", "12.", ".3", "0.3", "-1.3", "12.65536", "281474976710656.0",
                             "12.3.4", "12 .3", "12.x", "0x12", "18446744073709551628"}) {
        INFO(text);
        CHECK_FALSE(parse_touch_pointer(text));
    }
}

TEST_CASE("an account never touched has no last touch", "[ledger][history]") {
    History history;
    CHECK(history.last().is_none());
    CHECK(history.push(place_of(1)) == History::Links{});
    CHECK(history.last() == place_of(1));
}

TEST_CASE("prev and jump of 100000 touches are those of an independent model",
          "[ledger][history]") {
    History history;
    NaiveHistory naive;
    std::size_t wrong = 0;
    for (std::size_t touch = 1; touch <= 100'000; ++touch) {
        const auto links = history.push(place_of(touch));
        const std::size_t jump = naive.push();
        const bool is_right = links.prev == place_of(touch - 1) && links.jump == place_of(jump) &&
                              history.last() == place_of(touch);
        if (!is_right) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("any touch is reached from any later one in at most 3 log2 n hops", "[ledger][history]") {
    const auto jumps = jumps_of(100'000);
    std::size_t too_far = 0;
    const auto check = [&](std::size_t from, std::size_t target) {
        const double bound = 3 * std::log2(static_cast<double>(from));
        if (static_cast<double>(hops(jumps, from, target)) > std::max(bound, 1.0)) ++too_far;
    };
    for (std::size_t from = 2; from <= 1'100; ++from) {
        for (std::size_t target = 1; target < from; ++target)
            check(from, target);
    }
    for (const std::size_t from : {65'534UL, 65'535UL, 65'536UL, 99'999UL, 100'000UL}) {
        for (std::size_t target = 1; target < from; ++target)
            check(from, target);
    }
    CHECK(too_far == 0);
}

TEST_CASE("a history that has outgrown its inline roots still links and can be moved",
          "[ledger][history]") {
    History history;
    for (std::size_t touch = 1; touch <= 27; ++touch)
        history.push(place_of(touch));
    // 27 = 15 + 7 + 3 + 1 + 1: five trees, one more than stand inline.
    History moved = std::move(history);
    CHECK(moved.last() == place_of(27));
    const auto links = moved.push(place_of(28));
    CHECK(links.prev == place_of(27));
    CHECK(links.jump == place_of(25));
}

TEST_CASE("a million touches never pass the room for their roots", "[ledger][history]") {
    History history;  // push itself checks the room in every build
    for (std::size_t touch = 1; touch <= 1'000'000; ++touch)
        history.push(place_of(touch));
    CHECK(history.last() == place_of(1'000'000));
}

}  // namespace daybook
