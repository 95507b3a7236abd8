// Damage, tampering and a disk that says no.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "journal/chain.h"
#include "journal/format.h"
#include "journal/lmdb_txn.h"
#include "journal/meta_pages.h"
#include "tests/journal/support.h"

namespace daybook::journal {

using namespace test;  // NOLINT(google-build-using-namespace)

namespace {

struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

// Where in the data file a block's bytes are, found by its header's hash.
Extent extent_of(const Place& place, const BlockView& block) {
    const int fd = ::open(place.data().c_str(), O_RDONLY);
    const MetaPage meta = must(newest_meta_page(fd));
    std::vector<std::byte> file((meta.last_page + 1) * meta.page_bytes);
    REQUIRE(std::cmp_equal(pread(fd, file.data(), file.size(), 0), file.size()));
    close(fd);
    const auto found = std::ranges::search(file, block.stored());
    REQUIRE_FALSE(found.empty());
    return {static_cast<std::uint64_t>(found.begin() - file.begin()), block.stored().size()};
}

void flip(const Place& place, std::uint64_t offset) {
    const int fd = ::open(place.data().c_str(), O_RDWR);
    std::byte byte{};
    REQUIRE(pread(fd, &byte, 1, static_cast<off_t>(offset)) == 1);
    byte ^= std::byte{4};
    REQUIRE(pwrite(fd, &byte, 1, static_cast<off_t>(offset)) == 1);
    close(fd);
}

void limit_file_size(std::uint64_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
}

// The transaction id in LMDB's lock file, as any process of the same user could map it.
std::uint64_t* shared_txn_id(const Place& place) {
    const int fd = ::open((place.journal() / "lock.mdb").c_str(), O_RDWR);
    void* const map = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return static_cast<std::uint64_t*>(map) +
           6;  // fd stays open: closing it would drop LMDB's locks
}

}  // namespace

TEST_CASE("a flipped bit in the file is found where it is", "[journal][damage][D4][I8]") {
    const Place place;
    create_with_blocks(place, 40);
    Extent extent;
    Seq first;
    {
        auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
        const auto block = must(snapshot.block_of(Seq{500}));
        REQUIRE(block);
        extent = extent_of(place, *block);
        first = block->info().first_seq;
    }
    const auto verdict = [&] {
        auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
        return verify_chain(snapshot);
    };
    must(verdict());

    const std::uint64_t in_record = extent.offset + sizeof(BlockHeader) + 4;
    flip(place, in_record);
    CHECK(error_of(verdict()).code == ErrorCode::damaged);
    CHECK_THAT(error_of(verdict()).detail, Catch::Contains("Seq " + std::to_string(first.value())));
    {
        auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
        const auto block = must(snapshot.block_of(first));
        CHECK(error_of(block->record(first)).code == ErrorCode::damaged);
        CHECK(block->record(first.next()).has_value());
    }
    flip(place, in_record);
    must(verdict());

    for (const std::uint64_t place_in_block :
         {std::uint64_t{40}, std::uint64_t{224}, extent.size - 100, extent.size - 1}) {
        flip(place, extent.offset + place_in_block);
        CHECK(error_of(verdict()).code == ErrorCode::damaged);
        flip(place, extent.offset + place_in_block);
    }
    must(verdict());
}

TEST_CASE("a writer does not build on a damaged head", "[journal][damage]") {
    const Place place;
    create_with_blocks(place, 5);
    Extent extent;
    {
        auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
        extent = extent_of(place, *must(snapshot.block_of(snapshot.head_seq())));
    }
    flip(place, extent.offset + sizeof(BlockHeader));
    CHECK(error_of(Writer::open(open(place))).code == ErrorCode::damaged);
    flip(place, extent.offset + sizeof(BlockHeader));
    CHECK(must(Writer::open(open(place)))->head().number == 5);
}

TEST_CASE("the writer aborts before writing when lock.mdb rolls it back", "[journal][guard][D3]") {
    const Place place;
    create_with_blocks(place, 10);
    const int status = status_of_child([&] {
        const auto writer = Writer::open(*Environment::open(place.journal(), Access::read_write));
        BlockBuilder block{1 << 12};
        fill(block, (*writer)->head().last_seq().next(), 3);
        if (!(*writer)->append(block)) return false;
        *shared_txn_id(place) -= 1;
        fill(block, (*writer)->head().last_seq().next(), 3);
        return (*writer)->append(block).has_value();
    });
    CHECK(is_abort(status));
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    CHECK(snapshot.head_seq() == Seq{58});  // 55 and the three acknowledged: nothing rolled back
    must(verify_chain(snapshot));
}

TEST_CASE("a writer refuses to start on a lock.mdb that lies", "[journal][guard][D3]") {
    const Place place;
    create_with_blocks(place, 3);
    const int status = status_of_child([&] {
        const auto environment = *Environment::open(place.journal(), Access::read_write);
        *shared_txn_id(place) -= 1;
        const auto writer = Writer::open(environment);
        return !writer && writer.error().code == ErrorCode::damaged;
    });
    CHECK(is_success(status));
}

TEST_CASE("a second writer in one process is caught by the guard", "[journal][guard][D3]") {
    const Place place;
    create(place);
    const int status = status_of_child([&] {
        const auto environment = *Environment::open(place.journal(), Access::read_write);
        const auto first = Writer::open(environment);
        const auto second = Writer::open(environment);
        BlockBuilder block{1 << 12};
        fill(block, Seq{1}, 1);
        return (*first)->append(block).has_value();
    });
    CHECK(is_abort(status));
}

TEST_CASE("a gap, an empty block and a stamp going back are bugs", "[journal][writer][I3]") {
    const Place place;
    create_with_blocks(place, 1);
    const auto append_in_child = [&](Seq first, std::size_t count, Stamp stamp) {
        return status_of_child([&] {
            auto writer = Writer::open(*Environment::open(place.journal(), Access::read_write));
            BlockBuilder block{1 << 12};
            fill(block, first, count, stamp);
            return (*writer)->append(block).has_value();
        });
    };
    CHECK(is_abort(append_in_child(Seq{3}, 1, kStamp)));
    CHECK(is_abort(append_in_child(Seq{1}, 1, kStamp)));
    CHECK(is_abort(append_in_child(Seq{2}, 0, kStamp)));
    CHECK(is_abort(append_in_child(Seq{2}, 1, Stamp{kStamp.nanoseconds() - 1})));
    CHECK(is_success(append_in_child(Seq{2}, 1, kStamp)));
}

TEST_CASE("after a failed commit nothing is appended again", "[journal][failstop][D2][I9]") {
    const Place place;
    create_with_blocks(place, 3);
    const int status = status_of_child([&] {
        const auto environment = *Environment::open(place.journal(), Access::read_write);
        const auto writer = *Writer::open(environment);
        BlockBuilder block{1 << 16};
        fill(block, Seq{7}, 500);
        // The disk takes no page beyond the last one in use.
        const int fd = ::open(place.data().c_str(), O_RDONLY | O_CLOEXEC);
        const MetaPage meta = *newest_meta_page(fd);
        limit_file_size((meta.last_page + 1) * meta.page_bytes);
        const auto failed = writer->append(block);
        if (failed || failed.error().code != ErrorCode::io_failed) return false;
        limit_file_size(RLIM_INFINITY);
        const auto after = writer->append(block);
        return !after && after.error().detail == failed.error().detail &&
               writer->head().last_seq() == Seq{6};
    });
    CHECK(is_success(status));
    // Its fate was unknown; the file says it is not there, and the journal goes on.
    const auto environment = open(place);
    const auto writer = must(Writer::open(environment));
    CHECK(writer->head().last_seq() == Seq{6});
    append(*writer, 4);
    auto snapshot = must(Snapshot::open(environment));
    must(verify_chain(snapshot));
}

TEST_CASE("a disk that is full is named, with its remedy", "[journal][failstop]") {
    CHECK(lmdb_error(ENOSPC, "x").error().code == ErrorCode::io_failed);
    CHECK_THAT(lmdb_error(ENOSPC, "x").error().detail,
               Catch::Contains("No space left") && Catch::Contains("free some space"));
    CHECK_THAT(lmdb_error(-30792, "x").error().detail, Catch::Contains("1 TiB"));  // MDB_MAP_FULL
}

}  // namespace daybook::journal
