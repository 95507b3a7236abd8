#include "journal/scan.h"

#include <algorithm>
#include <span>
#include <utility>

#include <lmdb.h>

#include "journal/archive.h"
#include "journal/lmdb_txn.h"

namespace daybook::journal {

namespace {

constexpr std::chrono::milliseconds kPinnedMax{500};

Bytes bytes_from(const MDB_val& value) {
    return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

}  // namespace

BlockScan::BlockScan(std::shared_ptr<Environment> environment)
    : environment_{std::move(environment)} {}

BlockScan::~BlockScan() {
    close();
}

BlockScan::BlockScan(BlockScan&& other) noexcept
    : environment_{std::move(other.environment_)},
      txn_{std::exchange(other.txn_, nullptr)},
      cursor_{std::exchange(other.cursor_, nullptr)},
      is_pinned_{other.is_pinned_},
      is_placed_{other.is_placed_},
      last_key_{std::move(other.last_key_)},
      expected_{other.expected_},
      archive_{std::move(other.archive_)},
      archived_{std::move(other.archived_)},
      pinned_since_{other.pinned_since_} {}

BlockScan& BlockScan::operator=(BlockScan&& other) noexcept {
    if (this == &other) return *this;
    close();
    environment_ = std::move(other.environment_);
    txn_ = std::exchange(other.txn_, nullptr);
    cursor_ = std::exchange(other.cursor_, nullptr);
    is_pinned_ = other.is_pinned_;
    is_placed_ = other.is_placed_;
    last_key_ = std::move(other.last_key_);
    expected_ = other.expected_;
    archive_ = std::move(other.archive_);
    archived_ = std::move(other.archived_);
    pinned_since_ = other.pinned_since_;
    return *this;
}

void BlockScan::close() {
    if (cursor_ != nullptr) mdb_cursor_close(std::exchange(cursor_, nullptr));
    if (txn_ != nullptr) mdb_txn_abort(std::exchange(txn_, nullptr));
}

Result<BlockScan> BlockScan::open(std::shared_ptr<Environment> environment) {
    BlockScan scan{std::move(environment)};
    auto txn = begin_txn(scan.environment_->handle(), Access::read_only);
    if (!txn) return std::unexpected{txn.error()};
    auto cursor = open_cursor(txn->get(), scan.environment_->blocks_dbi());
    if (!cursor) return std::unexpected{cursor.error()};
    scan.txn_ = txn->release();
    scan.cursor_ = cursor->release();
    scan.is_pinned_ = true;
    scan.pinned_since_ = std::chrono::steady_clock::now();
    return scan;
}

void BlockScan::rest() {
    if (is_pinned_) mdb_txn_reset(txn_);
    is_pinned_ = false;
    is_placed_ = false;
}

Result<void> BlockScan::renew() {
    rest();
    int code = mdb_txn_renew(txn_);
    if (code == MDB_SUCCESS) {
        is_pinned_ = true;
        code = mdb_cursor_renew(txn_, cursor_);
    }
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot renew a scan");
    pinned_since_ = std::chrono::steady_clock::now();
    return {};
}

Result<std::optional<BlockScan::Stored>> BlockScan::next() {
    if (!is_pinned_ || std::chrono::steady_clock::now() - pinned_since_ > kPinnedMax) {
        if (auto renewed = renew(); !renewed) return std::unexpected{renewed.error()};
    }
    MDB_val key{last_key_.size(), last_key_.data()};
    MDB_val value{};
    int code = MDB_SUCCESS;
    if (is_placed_) {
        code = mdb_cursor_get(cursor_, &key, &value, MDB_NEXT);
    } else if (last_key_.empty()) {
        code = mdb_cursor_get(cursor_, &key, &value, MDB_FIRST);
    } else {
        code = mdb_cursor_get(cursor_, &key, &value, MDB_SET_RANGE);
        const bool is_last = code == MDB_SUCCESS && std::ranges::equal(bytes_from(key), last_key_);
        if (is_last) code = mdb_cursor_get(cursor_, &key, &value, MDB_NEXT);
    }
    if (code == MDB_NOTFOUND) {
        rest();
        return std::optional<Stored>{};
    }
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read the journal");
    auto archived = next_archived(bytes_from(key));
    if (!archived || *archived) return archived;
    is_placed_ = true;
    note_given(bytes_from(key), bytes_from(value));
    return std::optional{Stored{bytes_from(key), bytes_from(value)}};
}

// Looked for where the journal has a hole, and only there.
Result<std::optional<BlockScan::Stored>> BlockScan::next_archived(Bytes found_key) {
    const std::uint64_t expected = key_bytes(expected_);
    const Bytes expected_key = std::as_bytes(std::span{&expected, 1});
    const bool has_hole =
        expected_ != 0 && std::ranges::lexicographical_compare(expected_key, found_key);
    if (!has_hole) return std::optional<Stored>{};
    const Seq seq{expected_};
    if (!archive_ || archive_->last_seq() < seq) {
        auto opened =
            Archive::open(archive_directory(environment_->directory()), environment_->book());
        if (!opened) return std::unexpected{opened.error()};
        archive_ = *std::move(opened);
    }
    if (archive_->last_seq() < seq) return std::optional<Stored>{};
    auto block = archive_->block_of(seq);
    if (!block) return std::unexpected{block.error()};
    archived_ = *std::move(block);
    is_placed_ = false;
    note_given(expected_key, archived_.stored());
    return std::optional{Stored{last_key_, archived_.stored()}};
}

void BlockScan::note_given(Bytes key, Bytes value) {
    last_key_.assign(key.begin(), key.end());
    expected_ = 0;
    const auto block = BlockView::parse(value);
    if (block) expected_ = block->info().number == 0 ? 1 : block->info().last_seq().next().value();
}

}  // namespace daybook::journal
