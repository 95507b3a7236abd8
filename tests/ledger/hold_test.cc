#include "ledger/hold.h"

#include <catch2/catch.hpp>

#include "ledger/entry_id.h"

namespace daybook {

namespace {

Hold open_hold(Stamp expires_at) {
    return {AccountNumber{1}, AccountNumber{2}, Amount{5}, Amount{5}, {}, expires_at};
}

}  // namespace

TEST_CASE("holds fall due in the order of their expiry and then of their ids", "[ledger][holds]") {
    HoldTable holds;
    const EntryId late{Seq{1}, 0};
    const EntryId second{Seq{3}, 1};
    const EntryId first{Seq{3}, 0};
    const EntryId never{Seq{9}, 0};
    holds.put(late, open_hold(Stamp{20}));
    holds.put(second, open_hold(Stamp{10}));
    holds.put(first, open_hold(Stamp{10}));
    holds.put(never, open_hold({}));
    CHECK(holds.next_expiry() == Stamp{10});
    CHECK_FALSE(holds.due_at(Stamp{9}));
    for (const EntryId id : {first, second, late}) {
        REQUIRE(holds.due_at(Stamp{20}) == id);
        Hold ended = *holds.find_open(id);
        ended.state = HoldState::expired;
        holds.put(id, ended);
        CHECK(holds.state_of(id) == HoldState::expired);
        CHECK(holds.find_open(id) == nullptr);
    }
    CHECK_FALSE(holds.due_at(Stamp{1'000'000}));
    CHECK_FALSE(holds.next_expiry());
    CHECK(holds.open_ids() == std::vector{never});
    CHECK_FALSE(holds.state_of(EntryId{Seq{4}, 0}));
}

TEST_CASE("a hold that is captured before its time does not fall due", "[ledger][holds]") {
    HoldTable holds;
    const EntryId id{Seq{1}, 0};
    Hold hold = open_hold(Stamp{10});
    holds.put(id, hold);
    hold.remaining = Amount{2};
    holds.put(id, hold);
    CHECK(holds.find_open(id)->remaining == Amount{2});
    CHECK(holds.due_at(Stamp{10}) == id);
    hold.state = HoldState::captured;
    holds.put(id, hold);
    CHECK_FALSE(holds.due_at(Stamp{10}));
}

TEST_CASE("an entry is named by its seq and its member", "[ledger][entry_id]") {
    CHECK(to_string(EntryId{Seq{12}, 0}) == "12");
    CHECK(to_string(EntryId{Seq{12}, 3}) == "12.3");
    CHECK(to_string(EntryId{Seq{}, 3}) == ".3");
    for (const auto* text : {"1", "12.3", ".0", ".254", "281474976710655"}) {
        CAPTURE(text);
        const auto id = parse_entry_id(text);
        REQUIRE(id);
        CHECK(to_string(*id) == text);
    }
    CHECK(parse_entry_id("12.0") == EntryId{Seq{12}, 0});
    for (const auto* text : {"", "0", "0.1", "-1", "+1", "1.", ".", "1.255", "1.2.3", " 1", "1 ",
                             "281474976710656", "one", "1.x"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_entry_id(text));
    }
    CHECK(EntryId{Seq{}, 3}.at(Seq{7}) == EntryId{Seq{7}, 3});
    CHECK(EntryId{Seq{5}, 3}.at(Seq{7}) == EntryId{Seq{5}, 3});
}

TEST_CASE("multiplying and dividing loses nothing", "[ledger][amount]") {
    const auto divided = [](Uint128 amount, std::uint64_t numerator, std::uint64_t denominator) {
        return multiply_divide(Amount{amount}, numerator, denominator);
    };
    CHECK(divided(7, 1, 2).whole == Amount{3});
    CHECK(divided(7, 1, 2).rest_to_half == std::strong_ordering::equal);
    CHECK_FALSE(divided(7, 1, 2).is_exact);
    CHECK(divided(8, 1, 2).is_exact);
    CHECK(divided(1000, 9137, 10000).whole == Amount{913});
    CHECK(divided(1000, 9137, 10000).rest_to_half == std::strong_ordering::greater);
    constexpr std::uint64_t kMost = ~std::uint64_t{0};
    constexpr Uint128 kLargest = ~Uint128{0};
    CHECK(divided(kLargest, kMost, kMost).whole == Amount{kLargest});
    CHECK(divided(kLargest, kMost, kMost).is_exact);
    CHECK_FALSE(divided(kLargest, 2, 1).whole);
    CHECK(divided(kLargest, 1, 2).whole == Amount{kLargest / 2});
    CHECK(divided(kLargest, kMost - 1, kMost).whole < Amount{kLargest});
    CHECK(divided(0, 5, 3).whole == Amount{});
}

}  // namespace daybook
