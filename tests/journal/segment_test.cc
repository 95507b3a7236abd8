// Sealed segments: what was put in comes out to the byte, and nothing else ever does.
#include "journal/segment.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <sys/stat.h>

#include <xxhash.h>

#include "journal/segment_writer.h"
#include "journal/sha256.h"
#include "tests/journal/support.h"

namespace daybook::journal::test {

namespace {

using Content = std::vector<char>;

Content content_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return Content{std::istreambuf_iterator<char>{file}, {}};
}

void write(const fs::path& path, const Content& content) {
    std::ofstream{path, std::ios::binary}.write(content.data(),
                                                static_cast<std::streamsize>(content.size()));
}

// Blocks `first` … `last` of the journal as a segment.
SegmentInfo make_segment(Snapshot& snapshot, const fs::path& path, std::uint64_t first,
                         std::uint64_t last) {
    const auto writer = must(SegmentWriter::create(path));
    std::optional<BlockView> block = must(snapshot.genesis());
    for (; block && block->info().number <= last; block = must(snapshot.block_after(block->info())))
        if (block->info().number >= first) must(writer->add(*block));
    return must(writer->finish());
}

// Every byte of it, and what it holds; an error when anything is not as it should be.
Result<Hash256> read_all(const fs::path& path) {
    const auto segment = Segment::open(path);
    if (!segment) return std::unexpected{segment.error()};
    ChainCheck chain{kBook};
    return verify_segment(**segment, chain);
}

// A file whose hashes have all been made right again after `edit`.
template <typename Edit>
Content forged(Content content, Edit&& edit) {
    SegmentTrailer trailer;
    char* const at = content.data() + content.size() - sizeof trailer;
    std::memcpy(&trailer, at, sizeof trailer);
    edit(content, trailer);
    const Bytes bytes = std::as_bytes(std::span{&trailer, 1});
    trailer.hash = hash_of(HashDomain::segment, bytes.first(offsetof(SegmentTrailer, hash)));
    std::memcpy(at, &trailer, sizeof trailer);
    return content;
}

}  // namespace

TEST_CASE("a segment gives back the blocks that were put in, to the byte", "[journal][I20]") {
    const Place place;
    create_with_blocks(place, 90);  // some 800 KiB: more chunks than one
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    const fs::path path = place.root() / "a.segment";
    const SegmentInfo info = make_segment(snapshot, path, 0, 90);

    const auto segment = must(Segment::open(path));
    CHECK(segment->info() == info);
    CHECK(info.first_block == 0);
    CHECK(info.last_hash == snapshot.head().hash);
    CHECK(info.last_seq == snapshot.head_seq());
    CHECK(info.file_bytes == fs::file_size(path));
    CHECK(segment->chunk_count() > 2);
    struct stat file{};
    REQUIRE(stat(path.c_str(), &file) == 0);
    CHECK((file.st_mode & 0777) == 0600);
    CHECK_FALSE(fs::exists(place.root() / "a.segment.partial"));

    ChainCheck chain{kBook};
    std::uint64_t seen = 0;
    must(verify_segment(*segment, chain, [&](const BlockView& block) -> Result<void> {
        const BlockInfo& here = block.info();
        const BlockView original =
            here.number == 0 ? must(snapshot.genesis()) : *must(snapshot.block_of(here.first_seq));
        CHECK(std::ranges::equal(block.stored(), original.stored()));
        ++seen;
        return {};
    }));
    CHECK(seen == 91);
    for (Seq seq{1}; seq <= snapshot.head_seq(); seq = seq.next()) {
        const auto chunk = must(segment->chunk(segment->chunk_of(seq)));
        const BlockView* const block = chunk.block_of(seq);
        REQUIRE(block != nullptr);
        CHECK(holds(must(block->record(seq)), record_of(seq)));
        CHECK(segment->chunk_of_block(block->info().number) == segment->chunk_of(seq));
    }
}

TEST_CASE("segments that follow each other are one chain, and others are not", "[journal]") {
    const Place place;
    create_with_blocks(place, 20);
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    const auto path = [&](const char* name) { return place.root() / name; };
    make_segment(snapshot, path("genesis"), 0, 0);
    make_segment(snapshot, path("a"), 1, 7);
    make_segment(snapshot, path("b"), 8, 20);
    CHECK(must(Segment::open(path("genesis")))->info().last_seq == Seq{0});

    ChainCheck chain{kBook};
    for (const char* name : {"genesis", "a", "b"})
        must(verify_segment(*must(Segment::open(path(name))), chain));
    CHECK(chain.last().hash == snapshot.head().hash);

    const BlockInfo last_of_a = must(Segment::open(path("a")))->info().last_block == 7
                                    ? must(snapshot.block_of(Seq{28}))->info()
                                    : BlockInfo{};
    ChainCheck resumed{*must(snapshot.block_of(last_of_a.first_seq))};
    must(verify_segment(*must(Segment::open(path("b"))), resumed));
    CHECK(resumed.last().hash == snapshot.head().hash);

    ChainCheck skipping{kBook};
    must(verify_segment(*must(Segment::open(path("genesis"))), skipping));
    CHECK(error_of(verify_segment(*must(Segment::open(path("b"))), skipping)).code ==
          ErrorCode::damaged);
}

TEST_CASE("a writer refuses a block that does not continue the one before", "[journal]") {
    const Place place;
    create_with_blocks(place, 4);
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    {
        const auto writer = must(SegmentWriter::create(place.root() / "a"));
        must(writer->add(*must(snapshot.block_of(Seq{1}))));
        const auto refused = writer->add(*must(snapshot.block_of(Seq{4})));
        CHECK(error_of(refused).code == ErrorCode::damaged);
        CHECK(fs::exists(place.root() / "a.partial"));
    }
    CHECK_FALSE(fs::exists(place.root() / "a.partial"));

    make_segment(snapshot, place.root() / "a", 1, 4);
    CHECK(error_of(SegmentWriter::create(place.root() / "a")).code == ErrorCode::cannot_create);
}

TEST_CASE("every bit of a segment counts", "[journal][I20]") {
    const Place place;
    create_with_blocks(place, 3);
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    const fs::path path = place.root() / "a";
    make_segment(snapshot, path, 0, 3);
    const Content sound = content_of(path);
    REQUIRE(read_all(path).has_value());
    const fs::path bad = place.root() / "bad";
    std::size_t silent = 0;
    for (std::size_t bit = 0; bit < sound.size() * 8;
         bit += std::size_t{bit / 8 + 512 < sound.size() ? 5U : 1U}) {
        Content flipped = sound;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        write(bad, flipped);
        if (read_all(bad)) ++silent;
    }
    CHECK(silent == 0);
    for (std::size_t size = 0; size < sound.size(); size += 37) {
        write(bad, Content{sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)});
        if (read_all(bad)) ++silent;
    }
    CHECK(silent == 0);
}

TEST_CASE("a forged segment is refused, whatever sizes it claims", "[journal][hostile]") {
    const Place place;
    create_with_blocks(place, 60);
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    const fs::path path = place.root() / "a";
    make_segment(snapshot, path, 0, 60);
    const Content sound = content_of(path);
    const fs::path bad = place.root() / "bad";
    const auto refuses = [&](auto edit) {
        write(bad, forged(sound, edit));
        return !read_all(bad).has_value();
    };
    CHECK_FALSE(refuses([](Content&, SegmentTrailer&) {}));
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0},
                                      std::uint64_t{1} << 63, std::uint64_t{1} << 40}) {
        CHECK(refuses([&](Content&, SegmentTrailer& t) { t.chunk_count = value; }));
        CHECK(refuses([&](Content&, SegmentTrailer& t) { t.index_offset = value; }));
        CHECK(refuses([&](Content&, SegmentTrailer& t) { t.block_bytes = value; }));
        CHECK(refuses([&](Content&, SegmentTrailer& t) { t.last_block = value; }));
        CHECK(refuses([&](Content&, SegmentTrailer& t) { t.last_seq = value; }));
        CHECK(refuses([&](Content&, SegmentTrailer& t) { t.first_block = value | 2; }));
        CHECK(
            refuses([&](Content&, SegmentTrailer& t) { t.first_seq = value & ~std::uint64_t{1}; }));
    }
    CHECK(refuses([](Content&, SegmentTrailer& t) { t.last_hash.bytes[0] ^= 1; }));
    CHECK(refuses([](Content&, SegmentTrailer& t) { t.previous.bytes[0] ^= 1; }));
    CHECK(refuses([](Content&, SegmentTrailer& t) { t.book.bytes[0] ^= 1; }));
}

TEST_CASE("a chunk claims no more than its bytes can hold", "[journal][hostile]") {
    const Place place;
    create_with_blocks(place, 5);
    auto snapshot = must(Snapshot::open(open(place, Access::read_only)));
    const fs::path path = place.root() / "a";
    make_segment(snapshot, path, 0, 5);
    const Content sound = content_of(path);
    const auto opens_with = [&](auto claimed) {
        write(path, forged(sound, [&](Content& content, SegmentTrailer& trailer) {
                  ChunkEntry entry;
                  char* const index = content.data() + trailer.index_offset;
                  std::memcpy(&entry, index, sizeof entry);
                  trailer.block_bytes -= entry.block_bytes;
                  entry.block_bytes = claimed(entry);
                  trailer.block_bytes += entry.block_bytes;
                  std::memcpy(index, &entry, sizeof entry);
                  trailer.index_checksum =
                      XXH3_64bits(index, trailer.chunk_count * sizeof(ChunkEntry));
              }));
        return Segment::open(path).has_value();
    };
    CHECK(opens_with([](const ChunkEntry& entry) { return entry.block_bytes; }));
    CHECK(opens_with([](const ChunkEntry& entry) { return entry.stored_bytes * 32'768; }));
    CHECK_FALSE(
        opens_with([](const ChunkEntry& entry) { return (entry.stored_bytes + 1) * 32'768; }));
    CHECK_FALSE(opens_with([](const ChunkEntry&) { return std::uint64_t{4} << 30; }));
}

}  // namespace daybook::journal::test
