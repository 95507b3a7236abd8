// What is let go of is still there, and what is kept stays within its bound.
#include "journal/recent_pages.h"

#include <vector>

#include "journal/chain.h"
#include "tests/journal/support.h"

namespace daybook::journal {

using namespace test;  // NOLINT(google-build-using-namespace)

TEST_CASE("blocks that were let go of are read again as they were", "[journal]") {
    constexpr std::size_t kRecordBytes = std::size_t{1} << 20;
    constexpr std::size_t kWindow = std::size_t{2} << 20;
    constexpr std::size_t kBlocks = 80;
    const Place place;
    create(place);
    const auto environment = open(place, Access::read_write);
    auto writer = must(Writer::open(environment));
    auto snapshot = must(Snapshot::open(environment));
    RecentPages recent{kWindow};
    BlockBuilder block{kRecordBytes};
    std::size_t most = 0;
    bool has_let_go = false;
    for (std::size_t i = 1; i <= kBlocks; ++i) {
        block.begin(Seq{i}, kStamp);
        std::ranges::fill(block.append(kRecordBytes), static_cast<std::byte>(i));
        must(writer->append(block));
        must(snapshot.refresh());
        const BlockView view = *must(snapshot.block_of(Seq{i}));
        const std::size_t before = recent.bytes();
        recent.add(view);
        most = std::max(most, recent.bytes());
        has_let_go = has_let_go || recent.bytes() < before;
    }
    CHECK(has_let_go);
    CHECK(most < kWindow + kBlocks * kRecordBytes / 2);
    for (std::size_t i = 1; i <= kBlocks; ++i) {
        const auto bytes = must(must(snapshot.block_of(Seq{i}))->record(Seq{i}));
        REQUIRE(std::ranges::count(bytes, static_cast<std::byte>(i)) == kRecordBytes);
    }
    must(verify_chain(snapshot, {}));
}

TEST_CASE("memory that no file is behind is not let go of", "[journal]") {
    const Place place;
    create(place);
    const auto environment = open(place, Access::read_write);
    auto writer = must(Writer::open(environment));
    append(*writer, 2000);
    auto snapshot = must(Snapshot::open(environment));
    const Bytes stored = must(snapshot.block_of(Seq{1}))->stored();
    const auto copy = std::make_shared<std::vector<std::byte>>(stored.begin(), stored.end());
    const BlockView unpacked = must(BlockView::parse(*copy)).owned_by(copy);
    unmap_pages(unpacked);
    RecentPages recent{0, LetGo::of_mapping};
    for (int i = 0; i < 100; ++i)
        recent.add(unpacked);
    CHECK(recent.bytes() == 0);
    must(unpacked.verify());
}

}  // namespace daybook::journal
