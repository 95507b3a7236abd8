#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include <lmdb.h>

#include "journal/archive.h"
#include "journal/format.h"
#include "journal/lmdb_txn.h"
#include "journal/reader.h"

namespace daybook::journal {

namespace {

std::uint64_t key_of(const BlockInfo& info) {
    return info.number == 0 ? 0 : info.first_seq.value();
}

}  // namespace

Snapshot::Snapshot(std::shared_ptr<Environment> environment)
    : environment_{std::move(environment)} {}

Snapshot::~Snapshot() {
    close();
}

Snapshot::Snapshot(Snapshot&& other) noexcept
    : environment_{std::move(other.environment_)},
      txn_{std::exchange(other.txn_, nullptr)},
      cursor_{std::exchange(other.cursor_, nullptr)},
      head_{other.head_},
      archived_{std::move(other.archived_)},
      owners_{std::move(other.owners_)},
      next_owner_{other.next_owner_} {}

Snapshot& Snapshot::operator=(Snapshot&& other) noexcept {
    if (this == &other) return *this;
    close();
    environment_ = std::move(other.environment_);
    txn_ = std::exchange(other.txn_, nullptr);
    cursor_ = std::exchange(other.cursor_, nullptr);
    head_ = other.head_;
    archived_ = std::move(other.archived_);
    owners_ = std::move(other.owners_);
    next_owner_ = other.next_owner_;
    return *this;
}

void Snapshot::close() {
    if (cursor_ != nullptr) mdb_cursor_close(std::exchange(cursor_, nullptr));
    if (txn_ != nullptr) mdb_txn_abort(std::exchange(txn_, nullptr));
}

Result<Snapshot> Snapshot::open(std::shared_ptr<Environment> environment) {
    Snapshot snapshot{std::move(environment)};
    auto txn = begin_txn(snapshot.environment_->handle(), Access::read_only);
    if (!txn) return std::unexpected{txn.error()};
    auto cursor = open_cursor(txn->get(), snapshot.environment_->blocks_dbi());
    if (!cursor) return std::unexpected{cursor.error()};
    snapshot.txn_ = txn->release();
    snapshot.cursor_ = cursor->release();
    if (auto read = snapshot.read_head(); !read) return std::unexpected{read.error()};
    return snapshot;
}

Result<void> Snapshot::refresh() {
    mdb_txn_reset(txn_);
    int code = mdb_txn_renew(txn_);
    if (code == MDB_SUCCESS) code = mdb_cursor_renew(txn_, cursor_);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot renew a snapshot");
    return read_head();
}

Result<void> Snapshot::read_head() {
    BlockView last;
    const auto found = find(0, MDB_LAST, last);
    if (!found) return std::unexpected{found.error()};
    MDB_stat stat{};
    const int code = mdb_stat(txn_, environment_->blocks_dbi(), &stat);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot count the blocks");
    const std::uint64_t expected = *found ? last.info().number + 1 : 0;
    // The genesis block and the last one are never archived.
    const bool is_sound = *found && stat.ms_entries <= expected &&
                          stat.ms_entries >= std::min<std::uint64_t>(expected, 2);
    if (!is_sound) {
        return damaged("the number of its blocks is not that of its last; restore from a backup");
    }
    head_ = last.info();
    return read_archived(expected - stat.ms_entries);
}

Result<void> Snapshot::read_archived(std::uint64_t blocks) {
    if (blocks == 0) {
        archived_.reset();
        return {};
    }
    if (archived_ && archived_->blocks == blocks) return {};
    BlockView first;
    const auto found = find(1, MDB_SET_RANGE, first);
    if (!found) return std::unexpected{found.error()};
    if (!*found || first.info().number != blocks + 1) {
        return damaged("the number of its blocks is not that of its last; restore from a backup");
    }
    auto archived = environment_->archived(blocks, first.info());
    if (!archived) return std::unexpected{archived.error()};
    archived_ = *std::move(archived);
    return {};
}

Result<BlockView> Snapshot::archived_block_of(Seq seq) {
    auto block = archived_->archive->block_of(seq);
    if (!block) return block;
    auto& owner = owners_.at(next_owner_ % owners_.size());
    if (owner != block->owner()) owners_.at(++next_owner_ % owners_.size()) = block->owner();
    return block;
}

std::unexpected<Error> Snapshot::damaged(const std::string& what) const {
    return fail(ErrorCode::damaged, "journal " + environment_->directory().string() + ": " + what);
}

Result<bool> Snapshot::find(std::uint64_t key, int operation, BlockView& block) {
    std::uint64_t wanted = key_bytes(key);
    MDB_val key_val{sizeof wanted, &wanted};
    MDB_val value{};
    const int code =
        mdb_cursor_get(cursor_, &key_val, &value, static_cast<MDB_cursor_op>(operation));
    if (code == MDB_NOTFOUND) return false;
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read the journal");

    std::uint64_t found = 0;
    if (key_val.mv_size != sizeof found) return damaged("a key is not a Seq");
    std::memcpy(&found, key_val.mv_data, sizeof found);
    found = key_bytes(found);
    const auto parsed =
        BlockView::parse(Bytes{static_cast<const std::byte*>(value.mv_data), value.mv_size});
    if (!parsed) {
        return damaged("block under key " + std::to_string(found) + ": " + parsed.error().detail);
    }
    if (key_of(parsed->info()) != found || parsed->info().book != environment_->book()) {
        return damaged("the block under key " + std::to_string(found) + " belongs elsewhere");
    }
    block = *parsed;
    return true;
}

Result<std::optional<BlockView>> Snapshot::block_of(Seq seq) {
    if (seq == Seq{} || seq > head_seq()) return std::nullopt;
    if (is_archived(seq)) {
        auto archived = archived_block_of(seq);
        if (!archived) return std::unexpected{archived.error()};
        return *std::move(archived);
    }
    // The first block at or after `seq`; unless it starts there, `seq` is in the one before.
    BlockView block;
    auto found = find(seq.value(), MDB_SET_RANGE, block);
    if (found && !*found) {
        found = find(0, MDB_LAST, block);
    } else if (found && block.info().first_seq != seq) {
        found = find(0, MDB_PREV, block);
    }
    if (!found) return std::unexpected{found.error()};
    if (!*found || seq < block.info().first_seq || seq > block.info().last_seq()) {
        return damaged("no block holds Seq " + std::to_string(seq.value()));
    }
    return block;
}

Result<std::optional<BlockView>> Snapshot::block_after(const BlockInfo& block) {
    if (block.number >= head_.number) return std::nullopt;
    const Seq first = block.last_seq().next();
    BlockView next;
    bool is_there = true;
    if (is_archived(first)) {
        auto archived = archived_block_of(first);
        if (!archived) return std::unexpected{archived.error()};
        next = *std::move(archived);
    } else {
        const auto found = find(first.value(), MDB_SET, next);
        if (!found) return std::unexpected{found.error()};
        is_there = *found;
    }
    const bool continues = is_there && next.info().number == block.number + 1 &&
                           next.info().previous == block.hash && next.info().stamp >= block.stamp;
    if (!continues) {
        return damaged("block " + std::to_string(block.number + 1) + ", at Seq " +
                       std::to_string(first.value()) + ", does not continue block " +
                       std::to_string(block.number));
    }
    return next;
}

Result<BlockView> Snapshot::genesis() {
    BlockView block;
    const auto found = find(0, MDB_SET, block);
    if (!found) return std::unexpected{found.error()};
    if (!*found) return damaged("the genesis block is missing");
    return block;
}

}  // namespace daybook::journal
