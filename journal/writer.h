// Writer: appends blocks. One a journal, held by one thread (the committer).
// Fail-stop: after the first error nothing is appended again and the process is expected to end.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "journal/environment.h"
#include "journal/sealer.h"

struct MDB_txn;

namespace daybook::journal {

class Writer {
public:
    // Makes everything already in the file durable (a fresh open syncs nothing by itself), checks
    // the head block and commits an epoch record that counts this start. Needs `read_write`.
    static Result<std::unique_ptr<Writer>> open(std::shared_ptr<Environment> environment);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    Writer(Writer&&) = delete;
    Writer& operator=(Writer&&) = delete;

    // Seals the block (checksums, roots, chain) and commits it with both syncs. When it returns a
    // value the block is durable. On an error (`io_failed`) its fate is unknown until a restart
    // reads the file, and every later call returns the same error. A journal that somebody else has
    // changed ends the process before anything is written. The builder must start at
    // head().last_seq() + 1, not be empty and not go back in time (checked).
    Result<BlockInfo> append(BlockBuilder& block);

    // Takes blocks out of the file that somebody else can read instead (journal/archiver.h): those
    // that begin with these Seqs, the first ones there are, in one txn; never the last one
    // (checked). Errors are those of `append`.
    Result<void> remove(std::span<const Seq> firsts);

    // The last durable block.
    const BlockInfo& head() const { return head_; }
    // How often this journal has been opened for writing.
    std::uint64_t epoch() const { return epoch_; }
    // Bytes free on the journal's file system, for refusing before it is full.
    Result<std::uint64_t> free_bytes() const;

private:
    explicit Writer(std::shared_ptr<Environment> environment);
    Result<void> start();
    Result<void> read_head(MDB_txn* txn);
    Result<void> commit_block(const SealedBlock& sealed);
    void check_continues(const BlockBuilder& block) const;
    Result<void> check_head(MDB_txn* txn) const;
    Result<void> commit_removal(std::span<const Seq> firsts);
    Result<void> count_archived(MDB_txn* txn);
    void clear_dead_readers();

    std::shared_ptr<Environment> environment_;
    BlockSealer sealer_;
    BlockInfo head_;
    std::uint64_t archived_ = 0;  // blocks that were taken out
    std::uint64_t epoch_ = 0;
    std::uint64_t last_txn_id_ = 0;
    std::chrono::steady_clock::time_point readers_checked_;
    std::optional<Error> failure_;  // of the first append that failed
};

}  // namespace daybook::journal
