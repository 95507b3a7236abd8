// Blocks in memory: building, sealing, the golden bytes, and what every flipped bit does.
#include <bit>
#include <cstddef>
#include <map>
#include <numeric>
#include <sstream>

#include <openssl/evp.h>

#include "journal/format.h"
#include "journal/merkle.h"
#include "journal/sealer.h"
#include "journal/sha256_two.h"
#include "tests/journal/support.h"

namespace daybook::journal {

using namespace test;  // NOLINT(google-build-using-namespace)

namespace {

// Independent of journal/: SHA-256 by OpenSSL's EVP, the tree by RFC 6962's recursive definition.
std::string naive_sha256(const std::string& bytes) {
    std::string hash(32, '\0');
    unsigned size = 32;
    EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(hash.data()), &size,
               EVP_sha256(), nullptr);
    return hash;
}

std::string naive_root(const std::vector<std::string>& leaves) {
    if (leaves.empty()) return naive_sha256("");
    if (leaves.size() == 1) return naive_sha256(std::string(1, '\0') + leaves[0]);
    const auto split = static_cast<std::ptrdiff_t>(std::bit_floor(leaves.size() - 1));
    return naive_sha256('\1' + naive_root({leaves.begin(), leaves.begin() + split}) +
                        naive_root({leaves.begin() + split, leaves.end()}));
}

std::string text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string text_of(const Hash256& hash) {
    return text_of(std::as_bytes(std::span{hash.bytes}));
}

// Aligned storage for a copy that may be damaged.
std::vector<std::byte> copy_of(Bytes stored) {
    return {stored.begin(), stored.end()};
}

std::string hex_of(Bytes bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 16) {
        std::ostringstream line;
        line << std::hex;
        line.width(4);
        line.fill('0');
        line << i << "  ";
        for (std::size_t j = i; j < std::min(i + 16, bytes.size()); ++j) {
            line << to_hex({reinterpret_cast<const std::uint8_t*>(&bytes[j]), 1})
                 << (j % 8 == 7 ? "  " : " ");
        }
        std::string trimmed = line.str();
        trimmed.erase(trimmed.find_last_not_of(' ') + 1);
        text += trimmed + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("a Merkle root is RFC 6962's for every size", "[journal][merkle]") {
    std::vector<std::string> leaves;
    MerkleTree tree;
    for (std::size_t size = 0; size <= 70; ++size) {
        REQUIRE(text_of(tree.root()) == naive_root(leaves));
        REQUIRE(std::cmp_equal(tree.peaks().size(), std::popcount(size)));
        const MerkleTree resumed{tree.leaf_count(), tree.peaks()};
        REQUIRE(resumed.root() == tree.root());
        leaves.push_back("leaf " + std::to_string(size));
        tree.add(as_bytes(leaves.back()));
    }
}

TEST_CASE("a block's tree of records is RFC 6962's, in groups and with a rest",
          "[journal][merkle]") {
    for (const std::size_t count : {0U, 1U, 63U, 64U, 65U, 127U, 128U, 129U, 200U, 320U}) {
        std::vector<std::string> records;
        for (std::size_t i = 0; i < count; ++i) {
            // Mostly of one size, as transfers are; sometimes a neighbour differs.
            records.emplace_back(i % 10 == 7 ? 48 : 352, static_cast<char>('a' + i % 26));
            records.back()[0] = static_cast<char>(i);
        }
        RecordTree tree;
        for (const auto& record : records)
            tree.add(as_bytes(record));
        CAPTURE(count);
        REQUIRE(text_of(tree.root()) == naive_root(records));
    }
}

TEST_CASE("two hashes at a time are those of each alone, whatever the lengths",
          "[journal][merkle]") {
    std::string bytes(900, '\0');
    std::iota(bytes.begin(), bytes.end(), '\3');
    const auto check = [&](std::size_t one, std::size_t two) {
        const std::string first = bytes.substr(1, one);
        const std::string second = bytes.substr(77, two);
        const auto hashes = hash_of_two(HashDomain::node, as_bytes(first), as_bytes(second));
        CAPTURE(one, two);
        REQUIRE(text_of(hashes[0]) == naive_sha256('\1' + first));
        REQUIRE(text_of(hashes[1]) == naive_sha256('\1' + second));
    };
    for (std::size_t size = 0; size <= 400; ++size) {
        check(size, size);
        check(size, size + 1);
    }
}

TEST_CASE("a builder gives zeroed, aligned room and reads its records back", "[journal][builder]") {
    BlockBuilder block{0};  // grows as needed
    for (int round = 0; round < 2; ++round) {
        const Seq first{1 + static_cast<std::uint64_t>(round) * 1000};
        block.begin(first, kStamp);
        CHECK(block.is_empty());
        for (std::size_t i = 0; i < 300; ++i) {
            const Seq seq = block.next_seq();
            const auto room = block.append(size_of_record(seq));
            REQUIRE(std::ranges::all_of(room, [](std::byte b) { return b == std::byte{}; }));
            REQUIRE(std::bit_cast<std::uintptr_t>(room.data()) % 8 == 0);
            std::ranges::copy(record_of(seq), room.begin());
        }
        REQUIRE(block.record_count() == 300);
        REQUIRE(block.next_seq() == first.plus(300));
        for (Seq seq = first; seq < block.next_seq(); seq = seq.next()) {
            REQUIRE(holds(block.record(seq), record_of(seq)));
        }
    }
}

TEST_CASE("nothing is allocated for records within the capacity", "[journal][builder]") {
    BlockBuilder block{8190 * 352};
    block.begin(Seq{1}, kStamp);
    const std::byte* const start = block.append(352).data();
    for (int i = 1; i < 8190; ++i)
        block.append(352);
    CHECK(block.record(Seq{1}).data() == start);
    CHECK(block.record(Seq{8190}).data() == start + std::ptrdiff_t{8189} * 352);
}

TEST_CASE("a sealed block reads back and is chained by hash", "[journal][block]") {
    BlockSealer sealer{kBook};
    BlockBuilder block{4096};
    std::vector<std::string> hashes;
    Seq next{1};
    for (std::size_t number = 0; number < 20; ++number) {
        fill(block, next, number, kStamp);
        const SealedBlock sealed = sealer.seal(block);
        const BlockView view = must(BlockView::parse(sealed.stored));
        must(view.verify());
        const BlockInfo& info = view.info();
        REQUIRE(info.number == number);
        REQUIRE(info.first_seq == next);
        REQUIRE(info.last_seq() == Seq{next.value() + number - 1});
        REQUIRE(info.book == kBook);
        REQUIRE(text_of(info.previous) == (hashes.empty() ? std::string(32, '\0') : hashes.back()));
        REQUIRE(text_of(info.history_root) == naive_root(hashes));

        std::vector<std::string> records;
        for (std::size_t i = 0; i < number; ++i) {
            records.push_back(text_of(must(view.record(next.plus(i)))));
            REQUIRE(holds(must(view.record(next.plus(i))), record_of(next.plus(i))));
        }
        REQUIRE(text_of(info.payload_root) == naive_root(records));
        REQUIRE(text_of(info.hash) == naive_sha256('\2' + text_of(sealed.stored.first(224))));

        REQUIRE(text_of(sealer.seal(block).info.hash) == text_of(info.hash));
        hashes.push_back(text_of(info.hash));
        sealer.advance(sealed.info);
        next = info.last_seq().next();
    }
}

TEST_CASE("a sealer resumes from the stored head alone", "[journal][block]") {
    BlockSealer sealer{kBook};
    BlockBuilder block{4096};
    fill(block, Seq{1}, 0);
    for (std::uint64_t number = 0; number < 9; ++number) {
        const SealedBlock sealed = sealer.seal(block);
        BlockSealer resumed{must(BlockView::parse(sealed.stored))};
        sealer.advance(sealed.info);
        fill(block, Seq{number + 1}, 1);
        const Hash256 expected = sealer.seal(block).info.hash;
        REQUIRE(resumed.seal(block).info.hash == expected);
    }
}

TEST_CASE("every flipped bit of a block is found", "[journal][block][damage][I8]") {
    BlockSealer sealer{kBook};
    BlockBuilder block{4096};
    fill(block, Seq{1}, 0);
    sealer.advance(sealer.seal(block).info);
    fill(block, Seq{1}, 3);
    const auto stored = copy_of(sealer.seal(block).stored);
    auto damaged = stored;
    for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
        damaged[bit / 8] ^= std::byte{1} << (bit % 8);
        const auto view = BlockView::parse(damaged);
        INFO("bit " << bit);
        if (view) {
            REQUIRE(bit / 8 >= sizeof(BlockHeader));
            REQUIRE(error_of(view->verify()).code == ErrorCode::damaged);
        } else {
            REQUIRE(bit / 8 < sizeof(BlockHeader));
            REQUIRE(view.error().code == ErrorCode::damaged);
        }
        damaged[bit / 8] = stored[bit / 8];
    }
}

TEST_CASE("a record is refused by itself, its neighbours still read",
          "[journal][block][damage][I8]") {
    BlockSealer sealer{kBook};
    BlockBuilder block{4096};
    fill(block, Seq{1}, 0);
    sealer.advance(sealer.seal(block).info);
    fill(block, Seq{1}, 3);
    auto stored = copy_of(sealer.seal(block).stored);
    const BlockView view = must(BlockView::parse(stored));
    const auto second = static_cast<std::size_t>(must(view.record(Seq{2})).data() - stored.data());
    stored[second] ^= std::byte{1};
    CHECK(view.record(Seq{1}).has_value());
    CHECK_THAT(error_of(view.record(Seq{2})).detail, Catch::Contains("Seq 2"));
    CHECK(view.record(Seq{3}).has_value());

    // The checksum knows its Seq: the right bytes in the wrong place are damage too.
    stored[second] ^= std::byte{1};
    auto* const index = stored.data() + stored.size() - 32 - 3 * sizeof(IndexEntry);
    std::swap_ranges(index, index + sizeof(IndexEntry), index + sizeof(IndexEntry));
    CHECK(error_of(view.record(Seq{1})).code == ErrorCode::damaged);
}

TEST_CASE("a block cut short, misaligned or of another version is refused", "[journal][block]") {
    BlockSealer sealer{kBook};
    BlockBuilder block{4096};
    fill(block, Seq{1}, 0);
    auto stored = copy_of(sealer.seal(block).stored);
    for (std::size_t size = 0; size < stored.size(); ++size) {
        REQUIRE(error_of(BlockView::parse(Bytes{stored}.first(size))).code == ErrorCode::damaged);
    }
    std::vector<std::byte> shifted(stored.size() + 8);
    std::ranges::copy(stored, shifted.begin() + 4);
    CHECK(error_of(BlockView::parse(Bytes{shifted}.subspan(4, stored.size()))).code ==
          ErrorCode::damaged);

    stored[4] = std::byte{4};
    CHECK_THAT(error_of(BlockView::parse(stored)).detail,
               Catch::Contains("another format version (4") && Catch::Contains("export"));
}

// On disk. If this test fails, the format has changed: a new format version, not new golden bytes.
TEST_CASE("the bytes of a block are those of FORMAT.md", "[journal][block][golden]") {
    BlockSealer sealer{kBook};
    BlockBuilder block{4096};
    block.begin(Seq{1}, kStamp);
    sealer.advance(sealer.seal(block).info);
    block.begin(Seq{1}, Stamp{kStamp.nanoseconds() + 1});
    for (const std::size_t size : {16U, 8U}) {
        const auto room = block.append(size);
        std::ranges::fill(room.first(5), static_cast<std::byte>(0x40 + size));
    }
    CHECK("\n" + hex_of(sealer.seal(block).stored) == R"(
0000  44 42 4b 42 02 00 00 01  01 00 00 00 00 00 00 00
0010  01 00 00 00 00 00 00 00  02 00 00 00 01 00 00 00
0020  01 80 d6 b3 d9 b5 98 18  18 00 00 00 00 00 00 00
0030  18 01 00 00 00 00 00 00  38 01 00 00 00 00 00 00
0040  58 01 00 00 00 00 00 00  01 02 03 04 05 06 07 08
0050  09 0a 0b 0c 0d 0e 0f 10  ce 8b a4 4b 03 98 02 66
0060  26 f4 91 14 a1 75 35 ae  8b 8a 49 a1 98 8a 3e 20
0070  cd fe ad ee 66 77 c1 ae  87 87 65 78 f4 01 ff cd
0080  0f f2 a6 aa 76 3a ff 71  c2 ea 79 c4 e9 30 c5 6f
0090  dd f2 ce 9a 44 47 df 77  2a 0d b0 d3 78 25 d9 85
00a0  7d 0b e2 96 1a aa 96 c4  7e 23 7c 6e e1 5d 21 65
00b0  c7 8d 0f fa 49 ef 79 c8  00 00 00 00 00 00 00 00
00c0  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00
00d0  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00
00e0  c3 be f3 0b 9f 16 d4 a7  5e ec 43 1d e8 7a 11 3b
00f0  3b 12 9e 22 a6 9f 55 ca  fb bf ef ed f2 98 15 92
0100  50 50 50 50 50 00 00 00  00 00 00 00 00 00 00 00
0110  48 48 48 48 48 00 00 00  00 00 00 00 10 00 00 00
0120  45 2a 23 42 4e af f6 13  10 00 00 00 08 00 00 00
0130  7f 70 6b 4f b0 1a c8 95  2a 0d b0 d3 78 25 d9 85
0140  7d 0b e2 96 1a aa 96 c4  7e 23 7c 6e e1 5d 21 65
0150  c7 8d 0f fa 49 ef 79 c8
)");
}

}  // namespace daybook::journal
