#include "base/bytes.h"

#include <catch2/catch.hpp>

namespace daybook {

TEST_CASE("hexadecimal text is lower case with two digits a byte", "[base][bytes]") {
    const std::array<std::uint8_t, 4> bytes{0x00, 0x0f, 0xa0, 0xff};
    CHECK(to_hex(bytes) == "000fa0ff");
    CHECK(to_hex({}).empty());
}

TEST_CASE("an id is read from 32 digits of either case or from a UUID", "[base][bytes]") {
    const auto plain = parse_id128("00112233445566778899aabbccddeeff");
    REQUIRE(plain);
    CHECK(to_hex(plain->bytes) == "00112233445566778899aabbccddeeff");
    CHECK(parse_id128("00112233445566778899AABBCCDDEEFF") == plain);
    CHECK(parse_id128("00112233-4455-6677-8899-aabbccddeeff") == plain);
}

TEST_CASE("an id is not read from anything else", "[base][bytes]") {
    const auto* const text =
        GENERATE("", "0", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0",
                 "g0112233445566778899aabbccddeeff", "00112233-4455-6677-8899aabbccddeeff-",
                 "001122334455-6677-8899-aabb-ccddeeff", "00112233-4455-6677-8899-aabbccddee-f",
                 " 0112233445566778899aabbccddeeff", "0x112233445566778899aabbccddeeff");
    CAPTURE(text);
    CHECK_FALSE(parse_id128(text));
}

TEST_CASE("the id of zeros is none", "[base][bytes]") {
    CHECK(Id128{}.is_none());
    Id128 id;
    id.bytes[15] = 1;
    CHECK_FALSE(id.is_none());
    CHECK(Id128{} < id);
}

TEST_CASE("sizes are padded up to the next multiple of 8", "[base][bytes]") {
    CHECK(padded_to_8(0) == 0);
    CHECK(padded_to_8(1) == 8);
    CHECK(padded_to_8(8) == 8);
    CHECK(padded_to_8(9) == 16);
}

}  // namespace daybook
