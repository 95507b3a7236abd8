#include "sequencer/seen_keys.h"

#include <algorithm>
#include <vector>

#include "tests/lighter.h"
#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;
using sequencer::SeenKeys;

namespace {

constexpr std::uint64_t kGeneration = std::uint64_t{1} << 19;

// Every third key is of no time; the others are UUIDv7s that come up to a hundred late.
Id128 some_key(std::uint64_t n) {
    if (n % 3 == 0) return key_of_number(n);
    const std::uint64_t time = 1'000'000 + n - n * 2654435761 % 100;
    Id128 key = key_of_number(n);
    for (std::size_t i = 0; i < 6; ++i)
        key.bytes.at(i) = static_cast<std::uint8_t>(time >> (8 * (5 - i)));
    key.bytes[6] = 0x70;
    key.bytes[15] = key.bytes[8];
    key.bytes[8] = 0x80;
    return key;
}

// Keys number 1, 2, 3 …, each bound to the Seq of its number; the snapshot takes them over when it
// is told to.
class Keys {
public:
    void bind_up_to(std::uint64_t last) {
        for (; last_ < last; ++last_) {
            const Id128 key = some_key(last_ + 1);
            const auto hashed = seen_.hash()(key, kLoopbackProducer);
            if (seen_.bind(hashed, key, kLoopbackProducer, Seq{last_ + 1})) ++wrong_;
            entries_.push_back({hashed, last_ + 1});
        }
    }
    void save_up_to(std::uint64_t last) {
        std::vector<state::KeyEntry> batch{entries_.begin() + std::ptrdiff_t(saved_),
                                           entries_.begin() + std::ptrdiff_t(last)};
        state::sort_entries(batch);
        const auto info =
            state::write_run(directory_.path(), kBook, Seq{saved_ + 1}, Seq{last}, batch, {});
        REQUIRE(info);
        runs_.push_back(state::KeyRun::open(directory_.path(), kBook, *info).value());
        for (std::uint64_t n = saved_ + 1; n <= last; ++n)
            newest_ = std::max(newest_, state::age_of(some_key(n)));
        saved_ = last;
        seen_.take({std::make_shared<const state::KeyRuns>(runs_), Seq{last}, newest_});
    }
    // Of all keys bound so far, those whose Seq is not found, in memory or in the snapshot.
    std::size_t lost() const {
        std::size_t count = 0;
        for (std::uint64_t n = 1; n <= last_; n += kIsInstrumented ? 71 : 7) {
            const Id128 key = some_key(n);
            const auto hashed = seen_.hash()(key, kLoopbackProducer);
            const auto is_it = [n](Seq seq) -> Result<bool> { return seq == Seq{n}; };
            const bool is_recent = seen_.find(hashed, key, kLoopbackProducer) == Seq{n};
            const bool is_older = seen_.may_be_older(hashed, key) &&
                                  seen_.find_older(hashed, is_it).value() == Seq{n};
            if (!is_recent && !is_older) ++count;
        }
        return count;
    }
    std::size_t wrong() const { return wrong_; }
    std::size_t in_memory() const { return seen_.in_memory(); }
    const SeenKeys& seen() const { return seen_; }

private:
    static constexpr Id128 kBook{{0xb0}};

    TemporaryDirectory directory_;
    SeenKeys seen_;
    std::vector<std::shared_ptr<const state::KeyRun>> runs_;
    std::vector<state::KeyEntry> entries_;
    std::uint64_t last_ = 0;
    std::uint64_t saved_ = 0;
    std::uint64_t newest_ = 0;
    std::size_t wrong_ = 0;
};

}  // namespace

TEST_CASE("keys are forgotten only when the snapshot has them", "[sequencer][keys][I2]") {
    Keys keys;
    keys.bind_up_to(kGeneration + 10);
    keys.save_up_to(
        1000);  // the snapshot lags behind: the full generation becomes the previous one
    CHECK(keys.in_memory() == kGeneration + 10);
    keys.bind_up_to(2 * kGeneration + 30);
    keys.save_up_to(kGeneration);  // it does not hold all of the previous one yet
    CHECK(keys.in_memory() == 2 * kGeneration + 30);
    CHECK(keys.lost() == 0);
    keys.save_up_to(kGeneration + 10);
    CHECK(keys.in_memory() == kGeneration + 20);
    CHECK(keys.lost() == 0);
    keys.bind_up_to(4 * kGeneration);
    keys.save_up_to(4 * kGeneration);
    keys.bind_up_to(4 * kGeneration + 5);
    CHECK(keys.lost() == 0);
    CHECK(keys.wrong() == 0);
    CHECK(keys.in_memory() < 3 * kGeneration);
}

TEST_CASE("however many keys were in memory, none stays that the snapshot has caught up with",
          "[sequencer][keys][I2]") {
    Keys keys;
    keys.bind_up_to(3 * kGeneration);
    CHECK(keys.in_memory() == 3 * kGeneration);
    keys.save_up_to(3 * kGeneration);
    CHECK(keys.in_memory() == 0);
    CHECK(keys.lost() == 0);
}

TEST_CASE("only a UUIDv7 newer than every saved one is not looked for among them",
          "[sequencer][keys][I2]") {
    Keys keys;
    keys.bind_up_to(1000);
    keys.save_up_to(1000);
    const SeenKeys& seen = keys.seen();
    const auto hash_of = [&](std::uint64_t n) {
        return seen.hash()(some_key(n), kLoopbackProducer);
    };
    // The filter says "look" for each of these hashes; what differs is the key that asks.
    for (const std::uint64_t n : {1U, 2U, 3U, 500U, 999U}) {
        CHECK(seen.may_be_older(hash_of(n), some_key(n)));
        CHECK(seen.may_be_older(hash_of(n), some_key(900)));   // no UUIDv7
        CHECK(seen.may_be_older(hash_of(n), some_key(3000)));  // the same
        CHECK_FALSE(seen.may_be_older(hash_of(n), some_key(2000)));
        CHECK(seen.may_be_older(hash_of(n)));
    }
}

TEST_CASE("a key saved under a time is found whoever comes later or earlier",
          "[sequencer][keys][I2]") {
    Keys keys;
    for (std::uint64_t n = 10'000; n <= 60'000; n += 10'000) {
        keys.bind_up_to(n);
        keys.save_up_to(n - 3000);
        CHECK(keys.lost() == 0);
        CHECK(keys.wrong() == 0);
    }
}

TEST_CASE("without a snapshot every key stays in memory", "[sequencer][keys][I2]") {
    SeenKeys seen;
    const auto hashed = seen.hash()(id_of(1), kLoopbackProducer);
    CHECK_FALSE(seen.may_be_older(hashed, id_of(1)));
    CHECK(seen.bind(hashed, id_of(1), kLoopbackProducer, Seq{1}) == std::nullopt);
    CHECK(seen.bind(hashed, id_of(1), kLoopbackProducer, Seq{2}) == Seq{1});
    CHECK(seen.in_memory() == 1);
}
