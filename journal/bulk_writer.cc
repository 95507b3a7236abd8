#include "journal/bulk_writer.h"

#include <cerrno>
#include <string>
#include <unistd.h>
#include <utility>

#include <lmdb.h>

#include "base/check.h"
#include "journal/reader.h"

namespace daybook::journal {

namespace {

constexpr std::size_t kTxnBytes = std::size_t{32} << 20;

}  // namespace

BulkWriter::BulkWriter(std::shared_ptr<Environment> environment, const BlockInfo& genesis)
    : environment_{std::move(environment)}, head_{genesis} {}

BulkWriter::~BulkWriter() = default;

Result<std::unique_ptr<BulkWriter>> BulkWriter::open(std::shared_ptr<Environment> environment) {
    CHECK_INVARIANT(environment->access() == Access::read_write, "a writer needs read_write");
    BlockInfo head;
    {
        const auto snapshot = Snapshot::open(environment);
        if (!snapshot) return std::unexpected{snapshot.error()};
        head = snapshot->head();
    }
    CHECK_INVARIANT(head.number == 0, "a new journal holds the genesis block alone");
    // Until it has its name nobody relies on it, and `finish` syncs all of it.
    const int code = mdb_env_set_flags(environment->handle(), MDB_NOSYNC, 1);
    CHECK_INVARIANT(code == MDB_SUCCESS, "syncs can be put off");
    return std::unique_ptr<BulkWriter>{new BulkWriter{std::move(environment), head}};
}

Result<void> BulkWriter::begin() {
    auto txn = begin_txn(environment_->handle(), Access::read_write);
    if (!txn) return std::unexpected{txn.error()};
    txn_ = *std::move(txn);
    return {};
}

Result<void> BulkWriter::end() {
    if (txn_ == nullptr) return {};
    if (auto kept = keep_file_ahead(environment_->handle(), 2 * waiting_bytes_); !kept) return kept;
    waiting_bytes_ = 0;
    return commit(std::move(txn_), "cannot write blocks up to " + std::to_string(head_.number));
}

Result<void> BulkWriter::put(const BlockView& block) {
    const BlockInfo& info = block.info();
    const bool continues = info.book == head_.book && info.number == head_.number + 1 &&
                           info.first_seq == head_.last_seq().next() &&
                           info.previous == head_.hash && info.stamp >= head_.stamp;
    if (!continues) {
        return fail(ErrorCode::damaged, "block " + std::to_string(info.number) + ", at Seq " +
                                            std::to_string(info.first_seq.value()) +
                                            ", does not continue the one before it");
    }
    if (txn_ == nullptr) {
        if (auto begun = begin(); !begun) return begun;
    }
    std::uint64_t key = key_bytes(info.first_seq.value());
    MDB_val key_val{sizeof key, &key};
    MDB_val value{block.stored().size(), const_cast<std::byte*>(block.stored().data())};
    const int code = mdb_put(txn_.get(), environment_->blocks_dbi(), &key_val, &value, MDB_APPEND);
    if (code != MDB_SUCCESS) {
        return lmdb_error(code, "cannot put block " + std::to_string(info.number));
    }
    head_ = info;
    waiting_bytes_ += block.stored().size();
    return waiting_bytes_ < kTxnBytes ? Result<void>{} : end();
}

Result<void> BulkWriter::finish() {
    if (auto ended = end(); !ended) return ended;
    int fd = -1;
    mdb_env_get_fd(environment_->handle(), &fd);
    if (fsync(fd) != 0) return system_error(errno, "cannot sync the data file");
    return {};
}

}  // namespace daybook::journal
