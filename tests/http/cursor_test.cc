#include "http/cursor.h"

#include <catch2/catch.hpp>

namespace daybook::http {

namespace {

Request asked(const std::string& address) {
    Request request;
    request.target = *Target::parse(address);
    return request;
}

}  // namespace

TEST_CASE("a cursor reads back as it was written", "[http][cursor]") {
    const Cursor cursor{77, Seq{1042}, "users:alice", {"", "a", "users:a"}};
    CHECK(Cursor::decode(cursor.encode()) == cursor);
    CHECK(Cursor::decode(Cursor{}.encode()) == Cursor{});
}

TEST_CASE("a text that no cursor is written as is none", "[http][cursor]") {
    const auto text = Cursor{77, Seq{1042}, "users:alice", {}}.encode();
    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto cut = Cursor::decode(text.substr(0, length));
        INFO(length);
        CHECK_FALSE(cut);
    }
    CHECK_FALSE(Cursor::decode(text + "="));
    CHECK_FALSE(Cursor::decode("not a cursor"));
}

TEST_CASE("prev goes back page by page, and from beyond the trail to the first", "[http][cursor]") {
    Cursor cursor;
    for (int i = 1; i <= 12; ++i)
        cursor = cursor.next(std::to_string(i));
    for (int i = 11; i >= 4; --i) {
        const auto prev = cursor.prev();
        REQUIRE(prev);
        cursor = *prev;
        CHECK(cursor.position == std::to_string(i));
    }
    REQUIRE(cursor.prev());
    CHECK(cursor.prev()->position.empty());
    CHECK_FALSE(cursor.prev()->prev());
}

TEST_CASE("a cursor is good with its own filters alone, whatever their order", "[http][cursor]") {
    auto page = read_page(asked("/v1/accounts?prefix=users&asset=USD&limit=5"));
    REQUIRE(page);
    CHECK(page->limit == 5);
    const auto cursor = page->cursor.next("users:bob").encode();
    page = read_page(asked("/v1/accounts?asset=USD&prefix=users&cursor=" + cursor));
    REQUIRE(page);
    CHECK(page->cursor.position == "users:bob");
    for (const auto* other :
         {"/v1/accounts?prefix=users&cursor=", "/v1/accounts?asset=USD&prefix=user&cursor=",
          "/v1/entries?asset=USD&prefix=users&cursor="}) {
        CHECK_FALSE(read_page(asked(other + cursor)));
    }
    CHECK_FALSE(read_page(asked("/v1/accounts?limit=0")));
    CHECK_FALSE(read_page(asked("/v1/accounts?limit=1001")));
    CHECK_FALSE(read_page(asked("/v1/accounts?limit=x")));
}

}  // namespace daybook::http
