// Block: one group commit. Contiguous records under one header, chained by hash to the block
// before. BlockBuilder gathers records in memory; BlockView reads a stored block in place. Bytes:
// journal/FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"

namespace daybook::journal {

// Where a fork left another book.
struct Origin {
    Id128 book;
    Seq seq;        // the last that the fork has from it
    Hash256 block;  // hash of the other book's block that holds `seq`

    friend bool operator==(const Origin&, const Origin&) = default;
};

// What the header of a stored block says.
struct BlockInfo {
    std::uint64_t number = 0;  // 0 is the genesis block, which has no records
    Seq first_seq{1};          // of its first record; of the next one while there are none
    std::uint32_t record_count = 0;
    Stamp stamp;  // never earlier than the block before
    std::uint64_t payload_bytes = 0;
    Id128 book;
    Hash256 previous;      // hash of the block before; Origin::block in a fork's genesis block
    Hash256 payload_root;  // RFC 6962 tree hash over its records
    Hash256 history_root;  // RFC 6962 tree hash over the hashes of all blocks before it
    Hash256 hash;          // of this header: the chain's head once it is the last block

    // Without records (genesis: first_seq 1) the Seq before the first.
    Seq last_seq() const { return Seq{first_seq.value() + record_count - 1}; }
};

struct BlockHeader;
BlockInfo info_of(const BlockHeader& header);

// Owned by the sequencer's thread while it is open, then by the committer until it is durable.
class BlockBuilder {
public:
    // Reserves `capacity_bytes` for records once; nothing is allocated per record up to there.
    explicit BlockBuilder(std::size_t capacity_bytes);

    // Forgets all records and opens the next block.
    void begin(Seq first_seq, Stamp stamp);

    // Room for the next record, zeroed, 8-byte aligned; valid until the next call. `size` must be a
    // multiple of 8 and not 0 (checked). The caller fills it in place.
    std::span<std::byte> append(std::size_t size);

    // The record at `seq`, which must be in this block (checked).
    Bytes record(Seq seq) const;

    Seq first_seq() const { return first_seq_; }
    Seq next_seq() const { return first_seq_.plus(offsets_.size()); }
    Stamp stamp() const { return stamp_; }
    std::size_t record_count() const { return offsets_.size(); }
    std::size_t payload_bytes() const { return size_; }
    bool is_empty() const { return offsets_.empty(); }

private:
    friend class BlockSealer;

    Seq first_seq_{1};
    Stamp stamp_;
    std::size_t size_ = 0;                // of the records
    std::vector<std::byte> bytes_;        // header room, records, room for index and peaks
    std::vector<std::uint32_t> offsets_;  // of each record, from the start of the payload
};

// A stored block, read in place. Valid as long as the Snapshot (journal/reader.h) it came from;
// with an owner, which keeps what was unpacked, on its own.
class BlockView {
public:
    // Of nothing; `parse` makes one of something.
    BlockView() = default;
    // Checks alignment, sizes, format and header hash, in O(1); not the records (see `record`,
    // `verify`). `damaged` says which.
    static Result<BlockView> parse(Bytes stored);

    const BlockInfo& info() const { return info_; }
    Bytes stored() const { return stored_; }
    // Of a fork's genesis block.
    const std::optional<Origin>& origin() const { return origin_; }

    // The same view, keeping `owner` of its bytes as long as it lives.
    BlockView owned_by(std::shared_ptr<const void> owner) const;
    // Null: the bytes are the journal's own pages.
    const std::shared_ptr<const void>& owner() const { return owner_; }

    // The record's bytes, 8-byte aligned, after its checksum has been compared.
    // `damaged` when it does not match. `seq` must be in the block (checked).
    Result<Bytes> record(Seq seq) const;

    // Recomputes every checksum, the payload root and the history root; `visit` sees each record
    // once its checksum has been compared. `damaged` names the first bad Seq.
    using Visit = std::function<void(Seq seq, Bytes record)>;
    Result<void> verify(const Visit& visit = {}) const;
    // The first whose checksum does not match; the first of all where each one does.
    Seq first_bad_seq() const;

    // The Merkle peaks over all blocks before this one, largest first (journal/merkle.h). They are
    // as good as the last `verify`.
    std::span<const Hash256> peaks() const;

private:
    BlockInfo info_;
    std::optional<Origin> origin_;
    Bytes stored_;
    Bytes payload_;
    Bytes index_;
    Bytes peaks_;
    std::shared_ptr<const void> owner_;
};

}  // namespace daybook::journal
