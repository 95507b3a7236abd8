#include "bench/key_indexes.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include <lmdb.h>

namespace daybook::bench {

namespace {

constexpr std::size_t kMapBytes = std::size_t{1} << 40;
constexpr Id128 kBook{{1}};

std::unexpected<Error> failed(const char* call, int code) {
    return fail(ErrorCode::io_failed, std::string{"tree: "} + call + ": " + mdb_strerror(code));
}

using TreeKey = std::array<std::byte, 20>;

TreeKey tree_key_of(const Id128& key) {
    TreeKey bytes{};
    std::memcpy(bytes.data(), key.bytes.data(), key.bytes.size());
    const std::uint32_t producer = __builtin_bswap32(kLoopbackProducer.value());
    std::memcpy(bytes.data() + key.bytes.size(), &producer, sizeof producer);
    return bytes;
}

}  // namespace

Result<void> RunsIndex::insert(std::span<const BoundKey> batch) {
    entries_.clear();
    for (const BoundKey& bound : batch)
        entries_.push_back({hashed(bound.key), bound.seq.value()});
    state::sort_entries(entries_);
    const auto& runs = runs_.runs();
    const std::size_t merged = runs_.runs_to_merge(entries_.size());
    std::vector<std::shared_ptr<const state::KeyRun>> kept{
        runs.begin(), runs.end() - static_cast<std::ptrdiff_t>(merged)};
    const Seq first = kept.empty() ? Seq{1} : kept.back()->info().last_seq.next();
    const auto info = state::write_run(directory_, kBook, first, batch.back().seq, entries_,
                                       std::span{runs}.last(merged));
    if (!info) return std::unexpected{info.error()};
    auto run = state::KeyRun::open(directory_, kBook, *info);
    if (!run) return std::unexpected{run.error()};
    kept.push_back(*std::move(run));
    for (const auto& old : std::span{runs}.last(merged))
        std::filesystem::remove(directory_ / state::file_name_of(old->info()));
    runs_ = state::KeyRuns{std::move(kept)};
    return {};
}

Result<std::size_t> RunsIndex::find(const Id128& key) const {
    std::size_t count = 0;
    const auto found = runs_.find(hashed(key), [&](Seq) -> Result<bool> {
        ++count;
        return false;
    });
    if (!found) return std::unexpected{found.error()};
    return count;
}

Result<void> RunsIndex::reopen() {
    std::vector<std::shared_ptr<const state::KeyRun>> opened;
    for (const auto& run : runs_.runs()) {
        auto again = state::KeyRun::open(directory_, kBook, run->info());
        if (!again) return std::unexpected{again.error()};
        opened.push_back(*std::move(again));
    }
    runs_ = state::KeyRuns{std::move(opened)};
    return {};
}

Result<std::unique_ptr<TreeIndex>> TreeIndex::open(const std::filesystem::path& directory) {
    MDB_env* environment = nullptr;
    int code = mdb_env_create(&environment);
    if (code != 0) return failed("create", code);
    std::unique_ptr<TreeIndex> index{new TreeIndex{environment}};
    code = mdb_env_set_mapsize(environment, kMapBytes);
    if (code == 0) code = mdb_env_open(environment, directory.c_str(), 0, 0600);
    MDB_txn* txn = nullptr;
    if (code == 0) code = mdb_txn_begin(environment, nullptr, 0, &txn);
    if (code == 0) code = mdb_dbi_open(txn, nullptr, 0, &index->dbi_);
    if (code == 0) code = mdb_txn_commit(std::exchange(txn, nullptr));
    if (txn != nullptr) mdb_txn_abort(txn);
    if (code != 0) return failed("open", code);
    return index;
}

TreeIndex::~TreeIndex() {
    mdb_env_close(environment_);
}

Result<void> TreeIndex::insert(std::span<const BoundKey> batch) {
    sorted_.assign(batch.begin(), batch.end());
    std::ranges::sort(sorted_, {}, &BoundKey::key);
    MDB_txn* txn = nullptr;
    MDB_cursor* cursor = nullptr;
    int code = mdb_txn_begin(environment_, nullptr, 0, &txn);
    if (code == 0) code = mdb_cursor_open(txn, dbi_, &cursor);
    for (std::size_t i = 0; code == 0 && i < sorted_.size(); ++i) {
        TreeKey key = tree_key_of(sorted_[i].key);
        std::uint64_t seq = sorted_[i].seq.value();
        MDB_val key_val{key.size(), key.data()};
        MDB_val value{sizeof seq, &seq};
        code = mdb_cursor_put(cursor, &key_val, &value, 0);
    }
    if (cursor != nullptr) mdb_cursor_close(cursor);
    if (code == 0) code = mdb_txn_commit(std::exchange(txn, nullptr));
    if (txn != nullptr) mdb_txn_abort(txn);
    if (code != 0) return failed("insert", code);
    return {};
}

Result<std::size_t> TreeIndex::find(const Id128& key) const {
    MDB_txn* txn = nullptr;
    int code = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &txn);
    if (code != 0) return failed("begin", code);
    TreeKey bytes = tree_key_of(key);
    MDB_val key_val{bytes.size(), bytes.data()};
    MDB_val value{};
    code = mdb_get(txn, dbi_, &key_val, &value);
    mdb_txn_abort(txn);
    if (code != 0 && code != MDB_NOTFOUND) return failed("find", code);
    return code == 0 ? std::size_t{1} : std::size_t{0};
}

}  // namespace daybook::bench
