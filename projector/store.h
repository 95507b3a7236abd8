// Store: the projection's LMDB environment, open once a process and shared by the projector and all
// readers in it: opening a second one would drop LMDB's locks, and readers would silently see
// recycled pages. Thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <sys/types.h>

#include "base/result.h"
#include "projector/balances.h"
#include "projector/lmdb_txn.h"
#include "projector/seals.h"

namespace daybook::projector {

struct Databases {
    unsigned meta = 0;
    unsigned assets = 0;
    unsigned accounts = 0;
    unsigned codes = 0;
    unsigned balances = 0;
    unsigned holds = 0;
    unsigned reversals = 0;
    unsigned terms = 0;
    unsigned references = 0;
    unsigned groups = 0;

    unsigned of(Table table) const;
};

// Which files lie under the two names; they change when a projection is built anew.
struct FileIds {
    dev_t device = 0;
    ino_t data = 0;
    ino_t lock = 0;
    friend auto operator<=>(const FileIds&, const FileIds&) = default;
};

class Store {
public:
    // Makes an empty projection that stands at `start`. The directory exists; the files do not.
    static Result<std::shared_ptr<Store>> create(const std::filesystem::path& directory,
                                                 const Watermark& start);

    // `not_found` when there is none (or not quite yet), `damaged` when it is no projection of this
    // format, `usage` for `read_write` while this process has it open read-only.
    static Result<std::shared_ptr<Store>> open(const std::filesystem::path& directory,
                                               Access access);

    static bool exists(const std::filesystem::path& directory);
    // Open Stores keep seeing the removed files.
    static Result<void> remove(const std::filesystem::path& directory);

    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    Store(Store&&) = delete;
    Store& operator=(Store&&) = delete;

    // False once the files under the directory's names are others, or gone.
    bool is_current() const;

    Result<Txn> begin(Access access) const { return begin_txn(env_, access); }
    const Databases& databases() const { return databases_; }
    const std::filesystem::path& directory() const { return directory_; }

    // Where the state that `txn` sees stands.
    Result<Watermark> watermark(MDB_txn* txn) const;
    Result<void> put_watermark(MDB_txn* txn, const Watermark& watermark) const;
    // How much there is, as it was written: not what LMDB counts.
    Result<TableSizes> sizes(MDB_txn* txn) const;
    // `damaged` unless LMDB counts as many.
    Result<TableSizes> counted_sizes(MDB_txn* txn) const;
    Result<void> put_sizes(MDB_txn* txn, const TableSizes& sizes) const;
    // Eight bytes a number; empty before the first commit.
    Result<Bytes> outcomes(MDB_txn* txn) const;
    Result<void> put_outcomes(MDB_txn* txn, Bytes outcomes) const;
    // Of this projection's book.
    const Seals& seals() const { return seals_; }

    // Call before committing changes of `rows` rows: keeps the data file longer than its last page.
    // LMDB may allocate a last page and never write it, which would look like a truncated file.
    Result<void> keep_file_ahead(std::size_t rows) const;

    // Frees the slots, and so the pages, of readers that were killed.
    Result<void> clear_dead_readers() const;
    Result<journal::OpenReaders> readers() const { return journal::open_readers(env_); }

private:
    Store(std::filesystem::path directory, Access access);
    Result<void> open_lmdb();
    Result<void> make_databases(const Watermark& start);
    Result<void> find_databases();
    Result<std::optional<Bytes>> meta(MDB_txn* txn, const char* key) const;
    Result<void> put_meta(MDB_txn* txn, const char* key, Bytes value) const;
    void add_to_open_stores(const std::shared_ptr<Store>& self);

    std::filesystem::path directory_;
    Access access_;
    MDB_env* env_ = nullptr;
    Databases databases_;
    Seals seals_{Id128{}};
    FileIds files_;
    bool is_listed_ = false;
};

}  // namespace daybook::projector
