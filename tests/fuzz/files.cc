// Files that somebody hands to the offline commands: the blocks of a journal one after the other,
// a journal's meta pages, proofs, manifests. The first byte says which.
#include <bit>
#include <cstdint>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

#include "export/manifest.h"
#include "journal/chain.h"
#include "journal/format.h"
#include "journal/lmdb_txn.h"
#include "journal/merkle.h"
#include "journal/meta_pages.h"
#include "journal/sha256.h"
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

}  // namespace

void test_one(Bytes input) {
    Input parts{input};
    switch (parts.number() & 3) {
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
