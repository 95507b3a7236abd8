#include "state/file.h"

#include "state/manifest.h"
#include "tests/sequencer/support.h"
#include "tests/state/support.h"

using namespace daybook;
using namespace daybook::tests;
using namespace daybook::state;

TEST_CASE("a section is read as it was written, with the same checksum", "[state]") {
    const TemporaryDirectory directory;
    constexpr std::size_t kRows = 300'000;  // more than two buffers
    std::uint64_t written_checksum = 0;
    std::uint64_t size = 0;
    {
        auto file = File::create(directory.path() / "file").value();
        SectionWriter section{file, 16};
        for (std::uint64_t i = 0; i < kRows; ++i)
            REQUIRE(section.append(std::as_bytes(std::span{&i, 1})));
        REQUIRE(section.append(as_bytes("abc")));
        REQUIRE(section.pad());
        REQUIRE(section.flush());
        written_checksum = section.checksum();
        size = section.size();
    }
    CHECK(size == kRows * 8 + 8);
    const auto file = File::open(directory.path() / "file").value();
    SectionReader section{file, 16, size};
    std::uint64_t wrong = 0;
    for (std::uint64_t i = 0; i < kRows; ++i) {
        std::uint64_t row = 0;
        REQUIRE(section.read_row(row));
        if (row != i) ++wrong;
    }
    CHECK(wrong == 0);
    CHECK(section.left() == 8);
    REQUIRE(section.read(8));
    CHECK(section.is_at_end());
    CHECK(section.checksum() == written_checksum);
    CHECK(section.read(1).error().code == ErrorCode::damaged);
}

TEST_CASE("a file that is not there is not found, one that is cut short is damaged", "[state]") {
    const TemporaryDirectory directory;
    CHECK(File::open(directory.path() / "none").error().code == ErrorCode::not_found);
    write_all(directory.path() / "short", "1234");
    const auto file = File::open(directory.path() / "short").value();
    std::array<std::byte, 8> bytes{};
    CHECK(file.read(0, bytes).error().code == ErrorCode::damaged);
}

TEST_CASE("a manifest is read as it was written, and no other", "[state]") {
    const TemporaryDirectory directory;
    CHECK(read_manifest(directory.path()).error().code == ErrorCode::not_found);
    Manifest manifest;
    manifest.book = id_of(9);
    manifest.seeds = {1, 3, 5, 7};
    manifest.keys_seq = Seq{25};
    manifest.keys_block_hash.bytes[3] = 4;
    manifest.book_seq = Seq{20};
    manifest.runs = {{Seq{1}, Seq{10}, 9, 77}, {Seq{11}, Seq{25}, 15, 78}};
    REQUIRE(write_manifest(directory.path(), manifest));
    const auto read = read_manifest(directory.path());
    REQUIRE(read);
    CHECK(read->book == manifest.book);
    CHECK(read->seeds == manifest.seeds);
    CHECK(read->keys_seq == manifest.keys_seq);
    CHECK(read->keys_block_hash == manifest.keys_block_hash);
    CHECK(read->book_seq == manifest.book_seq);
    CHECK(read->runs == manifest.runs);

    const auto path = directory.path() / kManifestFile;
    const std::string good = read_all(path);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        write_all(path, with_flipped_bit(good, bit));
        const auto bad = read_manifest(directory.path());
        REQUIRE_FALSE(bad);
        CHECK(bad.error().code == ErrorCode::damaged);
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        write_all(path, good.substr(0, size));
        CHECK(read_manifest(directory.path()).error().code == ErrorCode::damaged);
    }
}

TEST_CASE("a manifest whose runs leave a gap is refused", "[state]") {
    const TemporaryDirectory directory;
    Manifest manifest;
    manifest.keys_seq = Seq{25};
    manifest.runs = {{Seq{1}, Seq{10}, 9, 77}, {Seq{12}, Seq{25}, 13, 78}};
    REQUIRE(write_manifest(directory.path(), manifest));
    CHECK(read_manifest(directory.path()).error().code == ErrorCode::damaged);
}

TEST_CASE("a manifest that cannot take its place says why", "[state]") {
    const TemporaryDirectory directory;
    std::filesystem::create_directory(directory.path() / kManifestFile);
    const auto written = write_manifest(directory.path(), {});
    REQUIRE_FALSE(written);
    CHECK(written.error().code == ErrorCode::io_failed);
    CHECK(written.error().detail.ends_with(std::generic_category().message(EISDIR)));
}
