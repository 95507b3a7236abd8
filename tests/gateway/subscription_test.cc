// A subscription against a source and a feed that do whatever a network does.
#include "gateway/subscription.h"

#include <cstring>
#include <deque>
#include <random>

#include <catch2/catch.hpp>

#include "schema/record.h"
#include "tests/lighter.h"

namespace daybook::gateway {

namespace {

using std::chrono::milliseconds;

const Id128 kBook{{7}};

std::vector<std::byte> record_of(std::uint64_t seq, std::uint8_t mark) {
    std::vector<std::byte> record(schema::kRecordHeaderBytes + 8);
    std::memcpy(record.data(), &seq, sizeof seq);
    record.back() = std::byte{mark};
    return record;
}

// A journal that grows, in memory.
struct World {
    explicit World(std::uint32_t seed) : random{seed} {}

    bool happens(double probability) {
        return std::uniform_real_distribution<double>{0, 1}(random) < probability;
    }
    std::uint64_t head() const { return records.size(); }

    void commit() {
        schema::BlockFacts block;
        block.number = blocks.size() + 1;
        block.first_seq = Seq{head() + 1};
        block.record_count = static_cast<std::uint32_t>(1 + random() % 9);
        block.stamp = Stamp{static_cast<std::int64_t>(block.number)};
        if (!blocks.empty()) block.previous = blocks.back().hash;
        std::memcpy(block.hash.bytes.data(), &block.number, sizeof block.number);
        block.hash.bytes[31] = mark;
        blocks.push_back(block);
        for (std::uint32_t i = 0; i < block.record_count; ++i)
            records.push_back(record_of(head() + 1, mark));
    }

    // One block's records, from `first` on, at most `count`.
    std::uint64_t append_run(std::vector<std::byte>& out, const schema::BlockFacts& block,
                             std::uint64_t first, std::uint64_t count) const {
        schema::RunWriter run{out, block, Seq{first}};
        const auto last = std::min(first + count - 1, block.last_seq().value());
        for (auto seq = first; seq <= last; ++seq)
            run.add(records[seq - 1]);
        run.end();
        return last;
    }

    std::vector<std::byte> message(const schema::BlockFacts& block, std::uint64_t first,
                                   std::uint64_t count) const {
        std::vector<std::byte> bytes(schema::kMessageHeaderBytes);
        schema::MessageHeader header;
        header.kind = schema::MessageKind::records;
        header.book = book;
        header.head = Seq{append_run(bytes, block, first, count)};
        header.count = static_cast<std::uint32_t>(header.head.value() - first + 1);
        schema::encode_header(header, std::span{bytes}.first<schema::kMessageHeaderBytes>());
        return bytes;
    }

    std::mt19937 random;
    std::vector<schema::BlockFacts> blocks;
    std::vector<std::vector<std::byte>> records;
    std::uint8_t mark = 1;  // tells the records of one journal from those of another
    Id128 book = kBook;
    std::uint64_t head_max = 400;
};

class FaultySource final : public RecordSource {
public:
    FaultySource(World& world, double failure) : world_{world}, failure_{failure} {}

    const Id128& book() const override { return kBook; }
    Result<RecordPage> records(Seq from) override {
        if (world_.happens(failure_)) return fail(ErrorCode::unreachable, "away");
        RecordPage page{{}, Seq{world_.head()}};
        std::uint64_t next = from.value();
        std::uint64_t room = 1 + world_.random() % 20;
        for (const auto& block : world_.blocks) {
            if (next > block.last_seq().value() || room == 0) continue;
            const auto last = world_.append_run(page.runs, block, next, room);
            room -= last - next + 1;
            next = last + 1;
        }
        return page;
    }
    Result<AccountsUnderPath> accounts(const std::string& /*path*/) override {
        return AccountsUnderPath{};
    }

private:
    World& world_;
    double failure_;
};

struct Faults {
    double drop = 0;
    double repeat = 0;
    double reorder = 0;
    double reconnect = 0;  // everything under way is lost, then old messages may come again
    double garble = 0;
};

class FaultyFeed final : public LiveFeed {
public:
    FaultyFeed(World& world, const Faults& faults) : world_{world}, faults_{faults} {}

    Heard receive(std::vector<std::byte>& message, milliseconds /*timeout*/) override {
        if (world_.head() < world_.head_max && world_.happens(0.7)) {
            world_.commit();
            publish(world_.blocks.back());
        }
        if (world_.happens(faults_.reconnect)) {
            waiting_.clear();
            if (!world_.blocks.empty()) {
                publish(world_.blocks[world_.random() % world_.blocks.size()]);
            }
        }
        if (waiting_.empty() || world_.happens(0.2)) return Heard::nothing;
        const auto place = world_.happens(faults_.reorder) ? world_.random() % waiting_.size() : 0;
        message = waiting_[place];
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(place));
        if (world_.happens(faults_.garble)) {
            message[world_.random() % schema::kMessageHeaderBytes] ^= std::byte{1};
            if (schema::decode_header(message)) message.resize(message.size() - 8);
        }
        return Heard::records;
    }
    bool is_connected() const override { return true; }

private:
    void publish(const schema::BlockFacts& block) {
        const auto piece = 1 + world_.random() % 9;
        for (auto seq = block.first_seq.value(); seq <= block.last_seq().value(); seq += piece) {
            if (world_.happens(faults_.drop)) continue;
            waiting_.push_back(world_.message(block, seq, piece));
            if (world_.happens(faults_.repeat)) waiting_.push_back(waiting_.back());
        }
    }

    World& world_;
    Faults faults_;
    std::deque<std::vector<std::byte>> waiting_;
};

std::unique_ptr<Subscription> subscribe(World& world, const Faults& faults, double failure,
                                        std::uint64_t from) {
    return std::make_unique<Subscription>(
        std::make_unique<FaultySource>(world, failure), std::make_unique<FaultyFeed>(world, faults),
        SubscriptionOptions{.from = Seq{from}, .account_path = {}, .check_every = milliseconds{0}});
}

}  // namespace

TEST_CASE("whatever is lost, repeated, reordered or garbled, each record comes once and in order",
          "[gateway][subscription][I15]") {
    Subscription::Counts seen;  // that the faults do come about
    const auto note = [&](const Subscription::Counts& counts) {
        seen.live += counts.live;
        seen.caught_up += counts.caught_up;
        seen.gaps += counts.gaps;
        seen.stale += counts.stale;
        seen.unreadable += counts.unreadable;
    };
    for (std::uint32_t seed = 1; seed <= tests::lighter(3000); ++seed) {
        CAPTURE(seed);
        World world{seed};
        const auto some = [&] {
            return world.happens(0.3)
                       ? 0.0
                       : std::uniform_real_distribution<double>{0, 0.6}(world.random);
        };
        const Faults faults{some(), some(), some(), some() / 4, some() / 2};
        const double failure = some();
        std::uint64_t delivered = world.random() % 3 == 0 ? 25 : 0;  // the first asked for is later
        const double restart = some() / 20;
        auto subscription = subscribe(world, faults, failure, delivered + 1);
        for (int turn = 0; delivered < world.head_max && turn < 100'000; ++turn) {
            const auto record = subscription->next(milliseconds{0});
            REQUIRE(record);
            if (*record) {
                ++delivered;
                REQUIRE((*record)->seq == Seq{delivered});
                REQUIRE((*record)->block.first_seq <= (*record)->seq);
                REQUIRE((*record)->block.last_seq() >= (*record)->seq);
                const Bytes bytes = (*record)->bytes;
                REQUIRE(std::ranges::equal(bytes, world.records[delivered - 1]));
            }
            REQUIRE(subscription->position() == Seq{delivered + 1});
            // Killed, and started again from what it saved.
            if (world.happens(restart)) {
                note(subscription->counts());
                subscription = subscribe(world, faults, failure, delivered + 1);
            }
        }
        CHECK(delivered >= world.head_max);
        note(subscription->counts());
    }
    CHECK(std::min({seen.live, seen.caught_up, seen.gaps, seen.stale, seen.unreadable}) >
          tests::lighter(3000));
}

TEST_CASE("without loss everything comes by the feed, and the source is only asked at the start",
          "[gateway][subscription]") {
    World world{5};
    auto subscription = std::make_unique<Subscription>(
        std::make_unique<FaultySource>(world, 0), std::make_unique<FaultyFeed>(world, Faults{}),
        SubscriptionOptions{
            .from = Seq{1}, .account_path = {}, .check_every = std::chrono::hours{1}});
    std::uint64_t delivered = 0;
    while (delivered < world.head_max) {
        const auto record = subscription->next(milliseconds{0});
        REQUIRE(record);
        if (*record) ++delivered;
    }
    CHECK(subscription->counts().live == delivered);
    CHECK(subscription->counts().gaps == 0);
}

TEST_CASE("what is lost at the end is found although the feed says nothing more",
          "[gateway][subscription][I15]") {
    World world{6};
    const auto subscription = subscribe(world, {.drop = 1}, 0, 1);
    std::uint64_t delivered = 0;
    for (int turn = 0; delivered < world.head_max && turn < 100'000; ++turn) {
        const auto record = subscription->next(milliseconds{0});
        REQUIRE(record);
        if (*record) ++delivered;
    }
    CHECK(delivered >= world.head_max);
    CHECK(subscription->counts().live == 0);
}

TEST_CASE("a feed of another book is an error, and it stays one", "[gateway][subscription]") {
    World world{7};
    world.book = Id128{{8}};
    const auto subscription = subscribe(world, {}, 1, 1);
    for (int turn = 0; turn < 1000; ++turn) {
        const auto record = subscription->next(milliseconds{0});
        if (!record) break;
    }
    for (int again = 0; again < 2; ++again) {
        const auto record = subscription->next(milliseconds{0});
        REQUIRE_FALSE(record);
        CHECK(record.error().code == ErrorCode::damaged);
    }
}

TEST_CASE("a journal that was restored from a backup is noticed", "[gateway][subscription]") {
    World world{8};
    const auto subscription = subscribe(world, {}, 0, 1);
    for (std::uint64_t delivered = 0; delivered < 100;) {
        const auto record = subscription->next(milliseconds{0});
        REQUIRE(record);
        if (*record) ++delivered;
    }
    const bool grows_again = GENERATE(true, false);
    world.blocks.resize(3);
    world.records.resize(world.blocks.back().last_seq().value());
    world.mark = 2;  // what comes now is another story
    world.head_max = grows_again ? 400 : 0;
    Result<std::optional<DeliveredRecord>> record;
    for (int turn = 0; record && turn < 1000; ++turn) {
        record = subscription->next(milliseconds{0});
        if (record && *record) CHECK((*record)->bytes.back() == std::byte{1});
    }
    REQUIRE_FALSE(record);
    CHECK(record.error().code == ErrorCode::damaged);
}

}  // namespace daybook::gateway
