// The genesis block of a fork says where it left another book.
#include "journal/chain.h"
#include "journal/format.h"
#include "journal/sealer.h"
#include "journal/sha256.h"
#include "tests/journal/support.h"

namespace daybook::journal::test {

namespace {

const Origin kOrigin{Id128{{9, 9, 9}}, Seq{77}, Hash256{{1, 2, 3}}};

// A genesis block whose header was edited, and its hash made right again.
template <typename Edit>
bool is_refused(const std::optional<Origin>& origin, Edit&& edit) {
    BlockBuilder builder{0};
    builder.begin(Seq{1}, kStamp);
    const BlockSealer sealer = origin ? BlockSealer{kBook, *origin} : BlockSealer{kBook};
    const Bytes stored = sealer.seal(builder).stored;
    alignas(8) std::array<std::byte, sizeof(BlockHeader)> bytes{};
    REQUIRE(stored.size() == bytes.size());
    BlockHeader header;
    std::memcpy(&header, stored.data(), sizeof header);
    edit(header);
    std::memcpy(bytes.data(), &header, sizeof header);
    header.hash =
        hash_of(HashDomain::block_header, Bytes{bytes}.first(offsetof(BlockHeader, hash)));
    std::memcpy(bytes.data(), &header, sizeof header);
    return !BlockView::parse(bytes).has_value();
}

}  // namespace

TEST_CASE("a fork's genesis block names the book, the seq and the block it left", "[journal]") {
    const Place place;
    must(Environment::create(place.journal(), kBook, kStamp, kOrigin));
    const auto environment = open(place);
    CHECK(environment->book() == kBook);
    CHECK(environment->origin() == kOrigin);
    {
        const auto writer = must(Writer::open(environment));
        append(*writer, 3);
        append(*writer, 2);
    }
    auto snapshot = must(Snapshot::open(environment));
    CHECK(must(snapshot.genesis()).origin() == kOrigin);
    CHECK(must(snapshot.block_of(Seq{1}))->origin() == std::nullopt);
    must(verify_chain(snapshot));
}

TEST_CASE("a book that is no fork has no origin", "[journal]") {
    const Place place;
    create_with_blocks(place, 1);
    CHECK(open(place, Access::read_only)->origin() == std::nullopt);
}

TEST_CASE("a genesis block that contradicts its own origin is refused", "[journal][hostile]") {
    const auto nothing = [](BlockHeader&) {};
    CHECK_FALSE(is_refused({}, nothing));
    CHECK_FALSE(is_refused(kOrigin, nothing));
    CHECK(is_refused({}, [](BlockHeader& header) { header.origin_book = kOrigin.book; }));
    CHECK(is_refused({}, [](BlockHeader& header) { header.format_version = kForkVersion; }));
    CHECK(is_refused(kOrigin, [](BlockHeader& header) { header.format_version = kFormatVersion; }));
    CHECK(is_refused(kOrigin, [](BlockHeader& header) { header.origin_book = {}; }));
    CHECK(is_refused(kOrigin, [](BlockHeader& header) { header.origin_seq = 0; }));
    CHECK(is_refused(kOrigin, [](BlockHeader& header) { header.format_version = 4; }));
}

}  // namespace daybook::journal::test
