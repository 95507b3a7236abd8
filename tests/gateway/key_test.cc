#include "gateway/key.h"

#include <catch2/catch.hpp>

using namespace daybook;
using gateway::key_from_text;

TEST_CASE("a UUID is its own key, with or without dashes", "[gateway][keys]") {
    const auto key = key_from_text("0190163d-8694-739b-aea5-966c26f8ad90");
    REQUIRE(key);
    CHECK(to_hex(key->bytes) == "0190163d8694739baea5966c26f8ad90");
    CHECK(key_from_text("0190163D8694739BAEA5966C26F8AD90") == key);
    CHECK(gateway::to_uuid(*key) == "0190163d-8694-739b-aea5-966c26f8ad90");
}

TEST_CASE("any other text is the front of its SHA-256", "[gateway][keys]") {
    // printf 'order-1001' | sha256sum
    const auto key = key_from_text("order-1001");
    REQUIRE(key);
    CHECK(key_from_text("order-1001") == key);
    CHECK(key_from_text("order-1002") != key);
    CHECK(to_hex(key_from_text("abc")->bytes) == "ba7816bf8f01cfea414140de5dae2223");
}

TEST_CASE("what is not 1 to 128 visible characters is not a key", "[gateway][keys]") {
    CHECK_FALSE(key_from_text(""));
    CHECK_FALSE(key_from_text("two words"));
    CHECK_FALSE(key_from_text("caf\xc3\xa9"));
    CHECK_FALSE(key_from_text(std::string(129, 'x')));
    CHECK(key_from_text(std::string(128, 'x')));
    CHECK_FALSE(key_from_text("00000000-0000-0000-0000-000000000000"));
}

TEST_CASE("new keys are UUIDs of version 7 that follow the time", "[gateway][keys]") {
    const auto earlier = gateway::new_key(Stamp{1'772'366'400'000'000'000});
    const auto later = gateway::new_key(Stamp{1'772'366'400'001'000'000});
    CHECK(earlier < later);
    CHECK(gateway::to_uuid(earlier).starts_with("019ca945-0a00-7"));
    CHECK((earlier.bytes[6] >> 4) == 7);
    CHECK((earlier.bytes[8] >> 6) == 2);
    CHECK(gateway::new_key(Stamp{1}) != gateway::new_key(Stamp{1}));
}
