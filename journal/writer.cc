#include "journal/writer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

#include <lmdb.h>

#include "base/check.h"
#include "journal/directory.h"
#include "journal/format.h"
#include "journal/lmdb_txn.h"
#include "journal/meta_pages.h"

namespace daybook::journal {

namespace {

Bytes bytes_of(const MDB_val& value) {
    return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

Result<void> put_last(MDB_txn* txn, unsigned dbi, std::uint64_t key, Bytes value) {
    std::uint64_t ordered = key_bytes(key);
    MDB_val key_val{sizeof ordered, &ordered};
    MDB_val value_val{value.size(), const_cast<std::byte*>(value.data())};
    const int code = mdb_put(txn, dbi, &key_val, &value_val, MDB_APPEND);
    CHECK_INVARIANT(code != MDB_KEYEXIST, "what is appended comes after everything stored");
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put " + std::to_string(key));
    return {};
}

}  // namespace

Writer::Writer(std::shared_ptr<Environment> environment)
    : environment_{std::move(environment)}, sealer_{environment_->book()} {}

Writer::~Writer() = default;

Result<std::unique_ptr<Writer>> Writer::open(std::shared_ptr<Environment> environment) {
    CHECK_INVARIANT(environment->access() == Access::read_write, "a writer needs read_write");
    const std::string doing = "journal " + environment->directory().string();
    std::unique_ptr<Writer> writer{new Writer{std::move(environment)}};
    if (auto started = writer->start(); !started) return fail(started.error(), doing);
    return writer;
}

Result<void> Writer::start() {
    MDB_env* const env = environment_->handle();
    int fd = -1;
    mdb_env_get_fd(env, &fd);
    // What we are about to build on may be in the page cache only.
    if (fdatasync(fd) != 0) return system_error(errno, "cannot sync the data file");
    if (auto synced = sync_names(environment_->directory()); !synced) return synced;
    const auto meta = newest_meta_page(fd);
    if (!meta) return std::unexpected{meta.error()};
    if (auto kept = keep_file_ahead(env, sizeof(EpochRecord)); !kept) return kept;

    auto txn = begin_txn(env, Access::read_write);
    if (!txn) return std::unexpected{txn.error()};
    last_txn_id_ = mdb_txn_id(txn->get());
    // LMDB takes the id from lock.mdb; a wrong one there would roll back what is committed.
    if (last_txn_id_ != meta->txn_id + 1) {
        return fail(ErrorCode::damaged,
                    "lock.mdb contradicts the data file; stop every process that uses the journal, "
                    "then start again");
    }
    if (auto read = read_head(txn->get()); !read) return read;
    if (auto counted = count_archived(txn->get()); !counted) return counted;
    if (auto checked = check_head(txn->get()); !checked) return checked;

    MDB_stat epochs{};
    const int code = mdb_stat(txn->get(), environment_->epochs_dbi(), &epochs);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot count the epochs");
    epoch_ = epochs.ms_entries + 1;
    const EpochRecord record{.process_id = static_cast<std::uint64_t>(getpid()),
                             .head_seq = head_.last_seq().value()};
    const Bytes bytes = std::as_bytes(std::span{&record, 1});
    if (auto put = put_last(txn->get(), environment_->epochs_dbi(), epoch_, bytes); !put)
        return put;
    return commit(std::move(*txn), "cannot commit the epoch");
}

Result<void> Writer::read_head(MDB_txn* txn) {
    auto cursor = open_cursor(txn, environment_->blocks_dbi());
    if (!cursor) return std::unexpected{cursor.error()};
    MDB_val key{};
    MDB_val value{};
    const int code = mdb_cursor_get(cursor->get(), &key, &value, MDB_LAST);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read the last block");
    const auto head = BlockView::parse(bytes_of(value));
    if (!head) return fail(head.error(), "last block");
    if (auto sound = head->verify(); !sound) return sound;
    if (head->info().book != environment_->book()) {
        return fail(ErrorCode::damaged, "its last block belongs to another book");
    }
    head_ = head->info();
    sealer_ = BlockSealer{*head};
    return {};
}

// Whether somebody has them is for a Snapshot to say, which whoever starts on a journal takes.
Result<void> Writer::count_archived(MDB_txn* txn) {
    MDB_stat blocks{};
    const int code = mdb_stat(txn, environment_->blocks_dbi(), &blocks);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot count the blocks");
    if (blocks.ms_entries > head_.number + 1) {
        return fail(ErrorCode::damaged,
                    "it has more blocks than its last one says; restore from a backup");
    }
    archived_ = head_.number + 1 - blocks.ms_entries;
    return {};
}

Result<BlockInfo> Writer::append(BlockBuilder& block) {
    if (failure_) return std::unexpected{*failure_};
    check_continues(block);
    clear_dead_readers();
    const SealedBlock sealed = sealer_.seal(block);
    if (auto committed = commit_block(sealed); !committed) {
        // What a writer cannot repair is an I/O failure to its caller, whatever LMDB called it.
        failure_ = {ErrorCode::io_failed, "journal " + environment_->directory().string() + ": " +
                                              committed.error().detail};
        return std::unexpected{*failure_};
    }
    sealer_.advance(sealed.info);
    head_ = sealed.info;
    environment_->announce_commit();
    return head_;
}

void Writer::check_continues(const BlockBuilder& block) const {
    CHECK_INVARIANT(!block.is_empty(), "only the genesis block has no records");
    CHECK_INVARIANT(block.first_seq() == head_.last_seq().next(), "Seqs have no gaps");
    CHECK_INVARIANT(block.next_seq() <= kSeqMax, "Seqs stay below their maximum");
    CHECK_INVARIANT(block.stamp() >= head_.stamp, "stamps never go back");
}

Result<void> Writer::commit_block(const SealedBlock& sealed) {
    MDB_env* const env = environment_->handle();
    if (auto kept = keep_file_ahead(env, sealed.stored.size()); !kept) return kept;
    auto txn = begin_txn(env, Access::read_write);
    if (!txn) return std::unexpected{txn.error()};
    const std::uint64_t txn_id = mdb_txn_id(txn->get());
    // Nothing is written yet: stopping here leaves what is acknowledged as it was.
    CHECK_INVARIANT(txn_id == last_txn_id_ + 1, "somebody else has written to the journal");
    if (auto checked = check_head(txn->get()); !checked) return checked;
    auto put = put_last(txn->get(), environment_->blocks_dbi(), sealed.info.first_seq.value(),
                        sealed.stored);
    if (!put) return put;
    last_txn_id_ = txn_id;
    return commit(std::move(*txn), "cannot commit block " + std::to_string(sealed.info.number));
}

Result<void> Writer::check_head(MDB_txn* txn) const {
    auto cursor = open_cursor(txn, environment_->blocks_dbi());
    if (!cursor) return std::unexpected{cursor.error()};
    MDB_val key{};
    MDB_val value{};
    MDB_stat blocks{};
    int code = mdb_cursor_get(cursor->get(), &key, &value, MDB_LAST);
    if (code == MDB_SUCCESS) code = mdb_stat(txn, environment_->blocks_dbi(), &blocks);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read the last block");
    const std::uint64_t expected = key_bytes(head_.number == 0 ? 0 : head_.first_seq.value());
    CHECK_INVARIANT(key.mv_size == sizeof expected, "a block's key is a Seq");
    CHECK_INVARIANT(std::memcmp(key.mv_data, &expected, sizeof expected) == 0,
                    "the last block stored is the one last appended");
    CHECK_INVARIANT(value.mv_size >= sizeof(BlockHeader), "the last block has a header");
    CHECK_INVARIANT(std::memcmp(bytes_of(value).data() + offsetof(BlockHeader, hash),
                                head_.hash.bytes.data(), sizeof head_.hash) == 0,
                    "the last block's hash is that of the one last appended");
    CHECK_INVARIANT(blocks.ms_entries + archived_ == head_.number + 1, "one entry a block");
    return {};
}

Result<void> Writer::remove(std::span<const Seq> firsts) {
    if (failure_) return std::unexpected{*failure_};
    if (auto removed = commit_removal(firsts); !removed) {
        failure_ = {ErrorCode::io_failed, "journal " + environment_->directory().string() + ": " +
                                              removed.error().detail};
        return std::unexpected{*failure_};
    }
    archived_ += firsts.size();
    return {};
}

Result<void> Writer::commit_removal(std::span<const Seq> firsts) {
    MDB_env* const env = environment_->handle();
    if (auto kept = keep_file_ahead(env, 0); !kept) return kept;
    auto txn = begin_txn(env, Access::read_write);
    if (!txn) return std::unexpected{txn.error()};
    const std::uint64_t txn_id = mdb_txn_id(txn->get());
    CHECK_INVARIANT(txn_id == last_txn_id_ + 1, "somebody else has written to the journal");
    if (auto checked = check_head(txn->get()); !checked) return checked;
    for (const Seq first : firsts) {
        CHECK_INVARIANT(first < head_.first_seq, "the last block stays");
        std::uint64_t key = key_bytes(first.value());
        MDB_val key_val{sizeof key, &key};
        const int code = mdb_del(txn->get(), environment_->blocks_dbi(), &key_val, nullptr);
        if (code != MDB_SUCCESS) {
            return lmdb_error(code,
                              "cannot remove the block at seq " + std::to_string(first.value()));
        }
    }
    last_txn_id_ = txn_id;
    return commit(std::move(*txn), "cannot commit the removal of blocks");
}

void Writer::clear_dead_readers() {
    const auto now = std::chrono::steady_clock::now();
    if (now - readers_checked_ < std::chrono::seconds{1}) return;
    readers_checked_ = now;
    // A killed reader would keep pages from being reused for ever. Failing to check harms nothing
    // else.
    int freed = 0;
    mdb_reader_check(environment_->handle(), &freed);
}

Result<std::uint64_t> Writer::free_bytes() const {
    struct statvfs system{};
    if (statvfs(environment_->directory().c_str(), &system) != 0) {
        return system_error(errno, "cannot statvfs " + environment_->directory().string());
    }
    // LMDB's map ends too: at 1 TiB, which a busy book reaches in a day.
    MDB_envinfo map{};
    MDB_stat pages{};
    mdb_env_info(environment_->handle(), &map);
    mdb_env_stat(environment_->handle(), &pages);
    const std::uint64_t used = (map.me_last_pgno + 1) * pages.ms_psize;
    const std::uint64_t on_disk = std::uint64_t{system.f_bavail} * system.f_frsize;
    return std::min<std::uint64_t>(on_disk, map.me_mapsize - std::min(map.me_mapsize, used));
}

}  // namespace daybook::journal
