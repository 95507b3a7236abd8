// Files that somebody hands to the offline commands: the blocks of a journal one after the other,
// a journal's meta pages, proofs, manifests of exports and of backups, segments. The first byte
// says which.
#include <bit>
#include <cstdint>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

#include <xxhash.h>

#include "backup/manifest.h"
#include "export/manifest.h"
#include "journal/chain.h"
#include "journal/format.h"
#include "journal/lmdb_txn.h"
#include "journal/merkle.h"
#include "journal/meta_pages.h"
#include "journal/segment.h"
#include "journal/sha256.h"
#include "journal/sha256_stream.h"
#include "proof/proof_text.h"
#include "tests/fuzz/harness.h"

namespace daybook::fuzz {

const std::chrono::milliseconds kTimeLimit{5};

namespace {

constexpr Id128 kBook{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

// What is made right in a block before it is checked.
enum Right : unsigned char { hash = 1, previous = 2, history = 4, payload = 8, place = 16 };

template <typename T>
void put(std::vector<std::byte>& block, std::size_t at, const T& value) {
    std::memcpy(block.data() + at, &value, sizeof value);
}

void put_right(std::vector<std::byte>& block, unsigned char what, const journal::ChainCheck& chain,
               const journal::MerkleTree& history) {
    using journal::BlockHeader;
    if ((what & place) != 0) {
        put(block, offsetof(BlockHeader, number), chain.block_count());
        put(block, offsetof(BlockHeader, first_seq), chain.next_seq().value());
        put(block, offsetof(BlockHeader, peak_count),
            static_cast<std::uint32_t>(std::popcount(chain.block_count())));
        put(block, offsetof(BlockHeader, block_bytes), std::uint64_t{block.size()});
        put(block, offsetof(BlockHeader, book), kBook);
    }
    if ((what & Right::previous) != 0 && chain.block_count() != 0) {
        put(block, offsetof(BlockHeader, previous), chain.last().hash);
    }
    if ((what & Right::history) != 0) {
        put(block, offsetof(BlockHeader, history_root), history.root());
        const auto peaks = std::as_bytes(history.peaks());
        if (block.size() >= sizeof(BlockHeader) + peaks.size()) {
            std::ranges::copy(peaks, block.end() - static_cast<std::ptrdiff_t>(peaks.size()));
        }
    }
    if ((what & payload) != 0 && chain.block_count() == 0) {
        put(block, offsetof(BlockHeader, payload_root), journal::hash_of_nothing());
    }
    if ((what & Right::hash) != 0) {
        put(block, offsetof(BlockHeader, hash),
            journal::hash_of(journal::HashDomain::block_header,
                             Bytes{block}.first(offsetof(BlockHeader, hash))));
    }
}

// As `verify` walks a journal: each value with its key.
void check_chain(Input& input) {
    journal::ChainCheck chain{kBook};
    journal::MerkleTree history;
    while (!input.is_at_end()) {
        const auto what = input.number();
        const auto size = input.number<std::uint16_t>();
        const Bytes taken = input.take(size);
        std::vector<std::byte> block(taken.begin(), taken.end());
        if (block.size() >= sizeof(journal::BlockHeader)) put_right(block, what, chain, history);
        const std::uint64_t place = chain.block_count() == 0 ? 0 : chain.next_seq().value();
        std::uint64_t key = journal::key_bytes((what & 0x80) != 0 ? place + 1 : place);
        std::size_t seen = 0;
        const Seq next = chain.next_seq();
        const auto damage =
            chain.check(std::as_bytes(std::span{&key, 1}), block, [&](Seq, Bytes) { ++seen; });
        if (damage) {
            must(damage->seq <= next.plus(seen), "damage is not found behind what was not seen");
            return;
        }
        must(chain.last().record_count == seen, "each record of a sound block is seen");
        must(chain.next_seq() == next.plus(seen), "sound blocks follow each other");
        history.add(std::as_bytes(std::span{chain.last().hash.bytes}));
    }
}

void check_meta_pages(Bytes bytes) {
    static const int file = memfd_create("data.mdb", MFD_CLOEXEC);
    must(file >= 0, "there is memory for a file");
    must(ftruncate(file, static_cast<off_t>(bytes.size())) == 0, "a file takes a length");
    must(pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
         "a file takes bytes");
    const auto meta = journal::newest_meta_page(file);
    if (!meta) return;
    must(std::has_single_bit(meta->page_bytes), "a page has a power of two");
    if (!journal::check_length(file, *meta)) return;
    must(meta->last_page < bytes.size() / meta->page_bytes, "the last page is in the file");
}

void check_proof(Bytes bytes) {
    const auto text = text_of(bytes);
    const auto proof = proof::read_proof(text);
    if (!proof) return;
    std::visit(
        [&](const auto& read) {
            must(proof::to_text(read) == text, "a proof has one text");
            static_cast<void>(proof::find_fault(read));
        },
        *proof);
}

void check_manifest(Bytes bytes) {
    const auto manifest = exports::parse_manifest(text_of(bytes));
    if (!manifest) return;
    const auto text = exports::to_text(*manifest);
    const auto again = exports::parse_manifest(text);
    must(again && exports::to_text(*again) == text, "a manifest reads back as it is");
    static_cast<void>(exports::why_not_adjacent(*manifest, *again));
}

void check_backup_manifest(Bytes bytes) {
    const auto manifest = backup::parse_manifest(text_of(bytes));
    if (!manifest) return;
    const auto text = backup::to_text(*manifest);
    const auto again = backup::parse_manifest(text);
    must(again && backup::to_text(*again) == text, "a backup's manifest reads back as it is");
    if (manifest->is_empty()) return;
    must(manifest->head_seq() == manifest->last().last_seq, "a backup ends with its last segment");
}

// As above, but with its sum made right.
void check_summed_manifest(Bytes body) {
    constexpr std::string_view kField = ",\n  \"sha256\":\"";
    journal::Sha256Stream sum;
    sum.add(text_of(body));
    std::string text{text_of(body)};
    text.append(kField).append(to_hex(sum.finish().bytes)).append("\"\n}\n");
    check_backup_manifest(std::as_bytes(std::span{text}));
}

// What is made right in a segment before it is opened.
enum RightOfSegment : unsigned char { sizes = 1, chunks = 2, index = 4, content = 8, trailer = 16 };

void put_segment_right(std::vector<std::byte>& file, unsigned char what) {
    using journal::ChunkEntry;
    journal::SegmentTrailer end;
    if (file.size() < sizeof(journal::SegmentHeader) + sizeof end) return;
    const std::size_t at = file.size() - sizeof end;
    std::memcpy(&end, file.data() + at, sizeof end);
    if ((what & sizes) != 0) {
        end.chunk_count = std::min<std::uint64_t>(end.chunk_count, at / sizeof(ChunkEntry));
        end.index_offset = at - (end.chunk_count * sizeof(ChunkEntry));
    }
    if (end.index_offset <= at) {
        const Bytes whole{file};
        for (std::size_t place = 0; place < (at - end.index_offset) / sizeof(ChunkEntry); ++place) {
            ChunkEntry entry;
            auto* const stored = file.data() + end.index_offset + (place * sizeof entry);
            std::memcpy(&entry, stored, sizeof entry);
            const bool is_inside = entry.offset <= at && entry.stored_bytes <= at - entry.offset;
            if ((what & chunks) == 0 || !is_inside) continue;
            entry.checksum =
                XXH3_64bits_withSeed(whole.data() + entry.offset, entry.stored_bytes, place);
            std::memcpy(stored, &entry, sizeof entry);
        }
        if ((what & RightOfSegment::index) != 0) {
            end.index_checksum = XXH3_64bits(file.data() + end.index_offset, at - end.index_offset);
        }
    }
    if ((what & content) != 0) {
        journal::Sha256Stream sum;
        sum.add(Bytes{file}.first(at));
        end.content = sum.finish();
    }
    if ((what & trailer) != 0) {
        end.hash = journal::hash_of(
            journal::HashDomain::segment,
            std::as_bytes(std::span{&end, 1}).first(offsetof(journal::SegmentTrailer, hash)));
    }
    std::memcpy(file.data() + at, &end, sizeof end);
}

// Every chunk by itself, and the segment as a backup or an archive verifies it.
void check_segment(Input& input) {
    constexpr std::uint64_t kUnpackedMax = std::uint64_t{1} << 20;  // more takes its time
    static const int file = memfd_create("0.segment", MFD_CLOEXEC);
    static const std::string path = "/proc/self/fd/" + std::to_string(file);
    const auto what = input.number();
    std::vector<std::byte> bytes(input.rest().begin(), input.rest().end());
    put_segment_right(bytes, what);
    must(ftruncate(file, static_cast<off_t>(bytes.size())) == 0, "a file takes a length");
    must(pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
         "a file takes bytes");
    const auto segment = journal::Segment::open(path);
    if (!segment) return;
    const journal::SegmentInfo& info = (*segment)->info();
    must((*segment)->chunk_count() * sizeof(journal::ChunkEntry) < bytes.size(),
         "the index is in the file");
    must(info.block_bytes / journal::kUnpackedOfByteMax <= bytes.size(),
         "what is allocated is bounded by the file");
    if (info.block_bytes > kUnpackedMax) return;
    std::uint64_t unpacked = 0;
    bool is_whole = true;
    for (std::size_t place = 0; place < (*segment)->chunk_count(); ++place) {
        const auto chunk = (*segment)->chunk(place);
        is_whole = is_whole && chunk.has_value();
        if (!chunk) continue;
        must(!chunk->blocks().empty(), "a chunk holds a block");
        for (const auto& block : chunk->blocks())
            unpacked += block.stored().size();
    }
    must(unpacked <= info.block_bytes, "chunks hold what the trailer says");
    must(!is_whole || unpacked == info.block_bytes, "all chunks hold all that the trailer says");
    journal::ChainCheck chain{info.book};
    std::uint64_t verified = 0;
    const auto sha256 = journal::verify_segment(**segment, chain, [&](const auto&) -> Result<void> {
        ++verified;
        return {};
    });
    if (!sha256) return;
    must(is_whole && verified == info.last_block - info.first_block + 1,
         "a segment that is verified holds all its blocks");
}

}  // namespace

void test_one(Bytes input) {
    Input parts{input};
    const auto which = parts.number();
    switch (which & 7) {
        case 4:
            return check_segment(parts);
        case 5:
            return (which & 8) == 0 ? check_backup_manifest(parts.rest())
                                    : check_summed_manifest(parts.rest());
        default:
            break;
    }
    switch (which & 3) {
        case 0:
            return check_chain(parts);
        case 1:
            return check_meta_pages(parts.rest());
        case 2:
            return check_proof(parts.rest());
        default:
            return check_manifest(parts.rest());
    }
}

}  // namespace daybook::fuzz
