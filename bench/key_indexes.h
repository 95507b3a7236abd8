// The two indexes that `bench keys` compares, each filled batch by batch, durably. Private to
// bench/'s sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "state/key_hash.h"
#include "state/key_runs.h"

struct MDB_env;

namespace daybook::bench {

struct BoundKey {
    Id128 key;
    Seq seq;
};

// As the snapshot keeps them.
class RunsIndex {
public:
    explicit RunsIndex(std::filesystem::path directory) : directory_{std::move(directory)} {}

    Result<void> insert(std::span<const BoundKey> batch);
    // True when files had to be read to know.
    bool looks_into_files(const Id128& key) const { return runs_.may_hold(hashed(key)); }
    void prefetch(const Id128& key) const { runs_.prefetch(hashed(key)); }
    // How many Seqs it may be bound to.
    Result<std::size_t> find(const Id128& key) const;
    Result<void> reopen();

    double memory_bytes() const { return static_cast<double>(runs_.memory_bytes()); }

private:
    std::uint64_t hashed(const Id128& key) const { return hash_(key, kLoopbackProducer); }

    std::filesystem::path directory_;
    state::KeyHash hash_;
    state::KeyRuns runs_;
    std::vector<state::KeyEntry> entries_;
};

// One LMDB tree: key and producer, 20 bytes, to Seq, 8 bytes; each batch sorted.
class TreeIndex {
public:
    static Result<std::unique_ptr<TreeIndex>> open(const std::filesystem::path& directory);
    ~TreeIndex();
    TreeIndex(const TreeIndex&) = delete;
    TreeIndex& operator=(const TreeIndex&) = delete;
    TreeIndex(TreeIndex&&) = delete;
    TreeIndex& operator=(TreeIndex&&) = delete;

    Result<void> insert(std::span<const BoundKey> batch);
    Result<std::size_t> find(const Id128& key) const;

private:
    explicit TreeIndex(MDB_env* environment) : environment_{environment} {}

    MDB_env* environment_;
    unsigned dbi_ = 0;
    std::vector<BoundKey> sorted_;
};

}  // namespace daybook::bench
