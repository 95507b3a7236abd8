// What is archived is read as if it were still in the journal, whoever reads and whenever
// archiving stops.
#include "journal/archive.h"

#include <sys/stat.h>

#include "journal/archiver.h"
#include "journal/chain.h"
#include "journal/scan.h"
#include "journal/segment_writer.h"
#include "tests/journal/support.h"

namespace daybook::journal {

using namespace test;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::size_t kBlocks = 40;  // of 1, 2, 3 … records
constexpr Seq kHead{kBlocks * (kBlocks + 1) / 2};

ArchiveReport archive(const Place& place, Seq to, std::uint64_t segment_bytes = 40'000) {
    return must(archive_blocks(
        open(place),
        {.to = to, .segment_bytes_max = segment_bytes, .readers_wait = {}, .go_on = {}}));
}

// As a Snapshot walks them, each also found by its Seqs.
void check_every_record(const Place& place) {
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    REQUIRE(snapshot.head_seq() == kHead);
    must(verify_chain(snapshot, {}));
    BlockInfo info = must(snapshot.genesis()).info();
    for (Seq seq{1}; seq <= kHead;) {
        const BlockView next = must(snapshot.block_after(info)).value();
        info = next.info();
        REQUIRE(info.first_seq == seq);
        for (; seq <= info.last_seq(); seq = seq.next()) {
            REQUIRE(holds(must(next.record(seq)), record_of(seq)));
            REQUIRE(holds(must(must(snapshot.block_of(seq))->record(seq)), record_of(seq)));
        }
    }
    CHECK_FALSE(must(snapshot.block_after(info)));
    CHECK_FALSE(must(snapshot.block_of(kHead.next())));
}

std::vector<std::vector<std::byte>> scanned(BlockScan& scan) {
    std::vector<std::vector<std::byte>> blocks;
    while (const auto stored = must(scan.next())) {
        blocks.emplace_back(stored->key.begin(), stored->key.end());
        blocks.emplace_back(stored->value.begin(), stored->value.end());
    }
    return blocks;
}

std::vector<std::vector<std::byte>> scanned(const Place& place) {
    auto scan = must(BlockScan::open(open(place, Access::read_only)));
    return scanned(scan);
}

std::uint64_t disk_bytes(const Place& place) {
    struct stat file{};
    REQUIRE(stat(place.data().c_str(), &file) == 0);
    return static_cast<std::uint64_t>(file.st_blocks) * 512;
}

}  // namespace

TEST_CASE("records are read through the archive, at any point and again", "[journal][I21]") {
    const Place place;
    create_with_blocks(place, kBlocks);
    const auto before = scanned(place);
    std::uint64_t blocks = 0;
    for (const std::uint64_t to : {1U, 2U, 3U, 100U, 100U, 400U, 5000U, 5000U}) {
        blocks += archive(place, Seq{to}).blocks;
        CHECK(must(Snapshot::open(open(place, Access::read_only))).archived_blocks() == blocks);
        check_every_record(place);
        CHECK(scanned(place) == before);
    }
    CHECK(blocks == kBlocks - 1);
}

TEST_CASE("a journal whose blocks are archived is written as before", "[journal][I21]") {
    const Place place;
    create_with_blocks(place, kBlocks - 1);
    archive(place, kHead);
    {
        const auto writer = must(Writer::open(open(place)));
        append(*writer, kBlocks);
    }
    check_every_record(place);
    archive(place, kHead);
    check_every_record(place);
}

TEST_CASE("wherever archiving stops nothing is lost, and the next call finishes",
          "[journal][I21]") {
    const Place place;
    create_with_blocks(place, kBlocks);
    const auto before = scanned(place);
    int stops = 0;
    for (bool is_done = false; !is_done; ++stops) {
        int calls = 0;
        const auto report =
            archive_blocks(open(place), {.to = kHead,
                                         .segment_bytes_max = std::uint64_t{1} << 30,
                                         .readers_wait = {},
                                         .go_on = [&](Seq) { return ++calls <= stops; }});
        is_done = report.has_value();
        if (!is_done) CHECK(report.error().code == ErrorCode::try_again);
        REQUIRE(scanned(place) == before);
        REQUIRE(stops < 1000);
    }
    CHECK(stops > 5);
    check_every_record(place);
    // What an interrupted call had sealed has left the journal too.
    CHECK(must(Snapshot::open(open(place, Access::read_only))).archived_blocks() == kBlocks - 1);
    for (const auto& entry : fs::directory_iterator{archive_directory(place.journal())})
        CHECK(entry.path().extension() == kSegmentSuffix);
}

TEST_CASE("a view of an archived block is valid on its own", "[journal][I21]") {
    const Place place;
    create_with_blocks(place, kBlocks);
    archive(place, kHead, 1);
    BlockView view;
    {
        auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
        view = must(snapshot.block_of(Seq{5})).value();
        const Bytes record = must(view.record(Seq{5}));
        // Five others may be read before what was taken out of it goes.
        for (std::uint64_t seq = 100; seq < 105; ++seq)
            (void)must(snapshot.block_of(Seq{seq}));
        CHECK(holds(record, record_of(Seq{5})));
    }
    must(view.verify());
}

TEST_CASE("who has a snapshot from before goes on seeing the blocks in the journal",
          "[journal][I21]") {
    const Place place;
    create_with_blocks(place, kBlocks);
    const auto environment = open(place);
    auto old = must(Snapshot::open(environment));
    auto scan = must(BlockScan::open(environment));
    std::vector<std::vector<std::byte>> seen;
    for (int i = 0; i < 10; ++i) {
        const auto stored = must(scan.next()).value();
        seen.emplace_back(stored.key.begin(), stored.key.end());
        seen.emplace_back(stored.value.begin(), stored.value.end());
    }
    const auto report = must(archive_blocks(
        environment, {.to = kHead, .segment_bytes_max = 40'000, .readers_wait = {}, .go_on = {}}));
    CHECK(report.blocks == kBlocks - 1);
    CHECK(report.has_readers);
    CHECK(report.freed_bytes == 0);
    CHECK(old.archived_blocks() == 0);
    must(must(old.block_of(Seq{1}))->verify());
    must(old.refresh());
    CHECK(old.archived_blocks() == kBlocks - 1);
    must(must(old.block_of(Seq{1}))->verify());
    // A scan renews its view in between and finds the rest in the archive.
    scan.rest();
    for (auto& more : scanned(scan))
        seen.push_back(std::move(more));
    scan.rest();
    auto whole = must(BlockScan::open(environment));
    CHECK(seen == scanned(whole));
}

TEST_CASE("room of the journal's file is given back, and the rest of it is sound", "[journal]") {
    const Place place;
    create(place);
    {
        const auto writer = must(Writer::open(open(place)));
        for (int i = 0; i < 20; ++i) {
            BlockBuilder block{1 << 20};
            fill(block, writer->head().last_seq().next(), 1000);
            must(writer->append(block));
        }
    }
    const std::uint64_t before = disk_bytes(place);
    const auto report = archive(place, Seq{15'000}, 1 << 20);
    REQUIRE(report.blocks == 15);
    // Where the file system can't, it is only used again.
    if (report.freed_bytes != 0) {
        CHECK(report.freed_bytes > report.block_bytes);
        CHECK(disk_bytes(place) < before - report.block_bytes / 2);
    }
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    must(verify_chain(snapshot, {}));
}

TEST_CASE("an archive that the journal does not continue is refused, and nothing leaves for it",
          "[journal][I21]") {
    const Place place;
    create_with_blocks(place, kBlocks);
    // The same book with the same records, begun at another moment: every hash is another.
    const Place other;
    must(Environment::create(other.journal(), kBook, Stamp{kStamp.nanoseconds() + 1}));
    {
        const auto writer = must(Writer::open(open(other)));
        for (std::size_t i = 1; i <= kBlocks; ++i)
            append(*writer, i);
    }
    archive(other, Seq{100});
    const auto foreign = archive_directory(other.journal());
    const auto own = archive_directory(place.journal());
    // Put there before anything was archived: it is not taken for what is still in the journal.
    fs::copy(foreign, own);
    fs::permissions(own, fs::perms::owner_all);
    check_every_record(place);
    const auto refused = error_of(archive_blocks(
        open(place),
        {.to = Seq{100}, .segment_bytes_max = 40'000, .readers_wait = {}, .go_on = {}}));
    CHECK(refused.code == ErrorCode::damaged);
    check_every_record(place);
    // Put in the place of what was archived.
    fs::remove_all(own);
    archive(place, Seq{100});
    fs::remove_all(own);
    fs::copy(foreign, own);
    fs::permissions(own, fs::perms::owner_all);
    const auto unread = error_of(Snapshot::open(open(place, Access::read_only)));
    CHECK(unread.code == ErrorCode::damaged);
    CHECK(unread.detail.find("does not continue") != std::string::npos);
}

TEST_CASE("a segment that is missing or of another book is told with the remedy",
          "[journal][I21]") {
    const Place place;
    create_with_blocks(place, kBlocks);
    archive(place, kHead, 20'000);
    const auto directory = archive_directory(place.journal());
    std::vector<fs::path> segments;
    for (const auto& entry : fs::directory_iterator{directory})
        segments.push_back(entry.path());
    std::ranges::sort(segments);
    REQUIRE(segments.size() > 3);
    for (const auto& segment : {segments.front(), segments[1], segments.back()}) {
        fs::rename(segment, place.root() / "away");
        const auto refused = error_of(Snapshot::open(open(place, Access::read_only)));
        CHECK(refused.code == ErrorCode::damaged);
        CHECK(refused.detail.find(directory.string()) != std::string::npos);
        CHECK(refused.detail.find("from a backup") != std::string::npos);
        fs::rename(place.root() / "away", segment);
    }
    check_every_record(place);
}

}  // namespace daybook::journal
