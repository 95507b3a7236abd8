#include "cli/key_check.h"

#include <cstring>
#include <filesystem>

#include <catch2/catch.hpp>

namespace daybook::cli {

namespace {

Id128 key_of(std::uint64_t number) {
    Id128 key;
    std::memcpy(key.bytes.data(), &number, sizeof number);
    return key;
}

constexpr ProducerId kProducer{1};

Result<bool> always(Seq /*first*/, Seq /*second*/) {
    return true;
}

}  // namespace

TEST_CASE("the first key that was bound twice is found, however many there are", "[cli][verify]") {
    constexpr std::uint64_t kKeys = 1'500'000;  // more than stay in memory
    KeyCheck keys;
    for (std::uint64_t seq = 1; seq <= kKeys; ++seq)
        REQUIRE(keys.add(key_of(seq), kProducer, Seq{seq}));
    auto twice = keys.first_twice(Seq{kKeys}, always);
    REQUIRE(twice);
    CHECK_FALSE(*twice);

    REQUIRE(keys.add(key_of(77), kProducer, Seq{kKeys + 1}));
    REQUIRE(keys.add(key_of(5), kProducer, Seq{kKeys + 2}));
    twice = keys.first_twice(Seq{kKeys + 2}, always);
    REQUIRE(twice);
    REQUIRE(*twice);
    CHECK((*twice)->first == Seq{77});
    CHECK((*twice)->again == Seq{kKeys + 1});
    // What lies behind the last record checked does not count.
    CHECK_FALSE(*keys.first_twice(Seq{kKeys}, always));
}

TEST_CASE("one key of two producers is two keys, and only the records decide", "[cli][verify]") {
    KeyCheck keys;
    REQUIRE(keys.add(key_of(1), kProducer, Seq{1}));
    REQUIRE(keys.add(key_of(1), ProducerId{2}, Seq{2}));
    CHECK_FALSE(*keys.first_twice(Seq{2}, always));
    REQUIRE(keys.add(key_of(1), kProducer, Seq{3}));
    CHECK(*keys.first_twice(Seq{3}, always));
    const auto never = [](Seq, Seq) -> Result<bool> { return false; };
    CHECK_FALSE(*keys.first_twice(Seq{3}, never));
}

TEST_CASE("keys that find no room say how much they need", "[cli][verify]") {
    KeyCheck keys{"/proc/nowhere"};
    Result<void> added;
    for (std::uint64_t seq = 1; added && seq <= 1'500'000; ++seq)
        added = keys.add(key_of(seq), kProducer, Seq{seq});
    REQUIRE_FALSE(added);
    CHECK(added.error().code == ErrorCode::cannot_create);
    CHECK(added.error().detail.find("TMPDIR") != std::string::npos);
}

}  // namespace daybook::cli
