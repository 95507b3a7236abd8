// BulkWriter: puts whole blocks, as they are, into a new journal that nobody else sees yet. Many to
// a transaction and none of them synced before the end. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "journal/block.h"
#include "journal/environment.h"
#include "journal/lmdb_txn.h"

namespace daybook::journal {

class BulkWriter {
public:
    // `environment` (read_write, checked) holds the genesis block alone (checked). Nothing but this
    // writes to it, or needs it to be durable, until `finish`.
    static Result<std::unique_ptr<BulkWriter>> open(std::shared_ptr<Environment> environment);
    ~BulkWriter();
    BulkWriter(const BulkWriter&) = delete;
    BulkWriter& operator=(const BulkWriter&) = delete;
    BulkWriter(BulkWriter&&) = delete;
    BulkWriter& operator=(BulkWriter&&) = delete;

    // The bytes of `block`, which must have been verified. `damaged` unless it continues the last.
    Result<void> put(const BlockView& block);
    // The last one put; the genesis block at first.
    const BlockInfo& head() const { return head_; }

    // Makes everything durable. Once.
    Result<void> finish();

private:
    BulkWriter(std::shared_ptr<Environment> environment, const BlockInfo& genesis);
    Result<void> begin();
    Result<void> end();

    std::shared_ptr<Environment> environment_;
    BlockInfo head_;
    Txn txn_;
    std::size_t waiting_bytes_ = 0;  // of blocks in the transaction
};

}  // namespace daybook::journal
