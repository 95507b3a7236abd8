// Appending, reopening and reading through LMDB; snapshots and followers.
#include <array>
#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>

#include "journal/chain.h"
#include "tests/journal/support.h"

namespace daybook::journal {

using namespace test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;

namespace {

void require_records(Snapshot& snapshot, Seq last) {
    for (Seq seq{1}; seq <= last; seq = seq.next()) {
        const auto block = must(snapshot.block_of(seq));
        REQUIRE(block);
        REQUIRE(holds(must(block->record(seq)), record_of(seq)));
    }
    REQUIRE_FALSE(must(snapshot.block_of(last.next())));
    REQUIRE_FALSE(must(snapshot.block_of(Seq{})));
}

}  // namespace

TEST_CASE("a new journal holds its genesis block and nothing else", "[journal]") {
    const Place place;
    CHECK_FALSE(Environment::exists(place.journal()));
    create(place);
    CHECK(Environment::exists(place.journal()));
    const auto environment = open(place, Access::read_only);
    CHECK(environment->book() == kBook);
    auto snapshot = must(Snapshot::open(environment));
    CHECK(snapshot.head().number == 0);
    CHECK(snapshot.head().stamp == kStamp);
    CHECK(snapshot.head_seq() == Seq{});
    CHECK(must(snapshot.genesis()).info().hash == snapshot.head().hash);
    CHECK_FALSE(must(snapshot.block_of(Seq{1})));
    CHECK_FALSE(must(snapshot.block_after(snapshot.head())));
    must(verify_chain(snapshot));
}

TEST_CASE("what is appended is read by Seq, also after reopening", "[journal]") {
    const Place place;
    create(place);
    BlockInfo last;
    for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
        const auto environment = open(place);
        const auto writer = must(Writer::open(environment));
        CHECK(writer->epoch() == epoch);
        CHECK(writer->head().last_seq() == last.last_seq());
        CHECK(writer->head().number == last.number);
        for (const std::size_t count : {1U, 50U, 7U, 300U}) {
            const BlockInfo info = append(*writer, count);
            CHECK(info.previous == (last.number == 0 ? info.previous : last.hash));
            CHECK(info.first_seq == last.last_seq().next());
            last = info;
        }
        auto snapshot = must(Snapshot::open(environment));
        CHECK(snapshot.head_seq() == last.last_seq());
        require_records(snapshot, last.last_seq());
        must(verify_chain(snapshot));
    }
    CHECK(last.last_seq() == Seq{3 * 358});
}

TEST_CASE("blocks are walked in order from genesis to head", "[journal]") {
    const Place place;
    create_with_blocks(place, 12);
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    BlockInfo info = must(snapshot.genesis()).info();
    for (std::uint64_t number = 1; number <= 12; ++number) {
        const auto block = must(snapshot.block_after(info));
        REQUIRE(block);
        CHECK(block->info().number == number);
        CHECK(block->info().record_count == number);
        info = block->info();
    }
    CHECK(info.hash == snapshot.head().hash);
    CHECK_FALSE(must(snapshot.block_after(info)));

    std::uint64_t seen = 0;
    must(verify_chain(snapshot, [&](const BlockInfo& block) { CHECK(block.number == seen++); }));
    CHECK(seen == 13);
}

TEST_CASE("one builder serves block after block", "[journal][builder]") {
    const Place place;
    create(place);
    const auto environment = open(place);
    const auto writer = must(Writer::open(environment));
    BlockBuilder block{1024};
    for (std::size_t i = 0; i < 20; ++i) {
        fill(block, writer->head().last_seq().next(), 1 + (i * 37) % 90, kStamp);
        must(writer->append(block));
    }
    auto snapshot = must(Snapshot::open(environment));
    require_records(snapshot, writer->head().last_seq());
}

TEST_CASE("a snapshot sees nothing new until it is refreshed", "[journal][snapshot]") {
    const Place place;
    create(place);
    const auto environment = open(place);
    const auto writer = must(Writer::open(environment));
    append(*writer, 3);
    auto snapshot = must(Snapshot::open(environment));
    append(*writer, 4);
    CHECK(snapshot.head_seq() == Seq{3});
    CHECK_FALSE(must(snapshot.block_of(Seq{4})));
    CHECK_FALSE(must(snapshot.block_after(snapshot.head())));
    must(snapshot.refresh());
    CHECK(snapshot.head_seq() == Seq{7});
    CHECK(must(snapshot.block_of(Seq{4})));

    Snapshot moved{std::move(snapshot)};
    CHECK(moved.head_seq() == Seq{7});
    moved = must(Snapshot::open(environment));
    require_records(moved, Seq{7});
}

TEST_CASE("two snapshots live on one thread", "[journal][snapshot][L10]") {
    const Place place;
    create_with_blocks(place, 2);
    const auto environment = open(place, Access::read_only);
    const auto first = must(Snapshot::open(environment));
    const auto second = must(Snapshot::open(environment));
    CHECK(first.head().hash == second.head().hash);
}

TEST_CASE("a follower wakes for every commit it has not looked at", "[journal][follower]") {
    const Place place;
    create(place);
    const auto environment = open(place);
    const auto writer = must(Writer::open(environment));
    auto follower = must(Follower::open(*environment));

    const auto start = std::chrono::steady_clock::now();
    follower.wait(20ms);
    CHECK(std::chrono::steady_clock::now() - start >= 20ms);

    append(*writer, 1);
    append(*writer, 1);
    follower.wait(60s);  // at once: the commits came before

    std::atomic<bool> is_done = false;
    std::thread reader{[&] {
        auto snapshot = must(Snapshot::open(environment));
        while (snapshot.head_seq() < Seq{200}) {
            follower.wait(60s);  // a lost wake-up would hang the test
            must(snapshot.refresh());
        }
        is_done = true;
    }};
    while (writer->head().last_seq() < Seq{200})
        append(*writer, 1);
    reader.join();
    CHECK(is_done);
}

TEST_CASE("a reader process follows the writer's", "[journal][follower]") {
    const Place place;
    create(place);
    std::array<int, 2> ready{};
    REQUIRE(pipe(ready.data()) == 0);
    const pid_t reader = fork();
    REQUIRE(reader >= 0);
    if (reader == 0) {
        const auto environment = open(place, Access::read_only);
        auto follower = must(Follower::open(*environment));
        auto snapshot = must(Snapshot::open(environment));
        const bool told = write(ready[1], "r", 1) == 1;
        while (snapshot.head_seq() < Seq{30}) {
            follower.wait(60s);
            must(snapshot.refresh());
        }
        _exit(told && verify_chain(snapshot) ? 0 : 1);
    }
    char byte = 0;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    const auto writer = must(Writer::open(open(place)));
    for (int i = 0; i < 30; ++i)
        append(*writer, 1);
    int status = 0;
    REQUIRE(waitpid(reader, &status, 0) == reader);
    CHECK(is_success(status));
    close(ready[0]);
    close(ready[1]);
}

TEST_CASE("everything is private and nothing is passed on by exec", "[journal][L20]") {
    const Place place;
    const mode_t umask_before = umask(0);
    create(place);
    umask(umask_before);
    const auto mode_of = [](const fs::path& path) {
        struct stat entry{};
        REQUIRE(stat(path.c_str(), &entry) == 0);
        return entry.st_mode & 0777U;
    };
    CHECK(mode_of(place.journal()) == 0700);
    for (const auto& file : fs::directory_iterator{place.journal()}) {
        CHECK(mode_of(file.path()) == 0600);
    }
    const auto writer = must(Writer::open(open(place)));
    int found = 0;
    for (const auto& link : fs::directory_iterator{"/proc/self/fd"}) {
        std::error_code error;
        const fs::path target = fs::read_symlink(link.path(), error);
        if (error || !target.string().starts_with(place.journal().string())) continue;
        ++found;
        CHECK((fcntl(std::stoi(link.path().filename().string()), F_GETFD) & FD_CLOEXEC) != 0);
    }
    CHECK(found >= 3);  // data, lock.mdb, writer.lock
}

TEST_CASE("the writer knows how much room is left", "[journal]") {
    const Place place;
    create(place);
    const auto writer = must(Writer::open(open(place)));
    CHECK(must(writer->free_bytes()) > 0);
}

}  // namespace daybook::journal
