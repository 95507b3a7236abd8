#include "bench/floor.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <lmdb.h>

#include "bench/random.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMapBytes = std::size_t{1} << 40;
// Enough to be measured; the disk may not have room for all of it once more.
constexpr std::uint64_t kBytesMax = 2'000'000'000;
constexpr std::chrono::seconds kTimeMax{3};

struct CloseEnvironment {
    void operator()(MDB_env* environment) const { mdb_env_close(environment); }
};
using Environment = std::unique_ptr<MDB_env, CloseEnvironment>;

std::unexpected<Error> failed(const char* call, int code) {
    return fail(ErrorCode::io_failed, std::string{"floor: "} + call + ": " + mdb_strerror(code));
}

int append(MDB_env* environment, std::uint64_t key, std::vector<std::byte>& value) {
    MDB_txn* txn = nullptr;
    if (const int code = mdb_txn_begin(environment, nullptr, 0, &txn); code != 0) return code;
    MDB_dbi dbi = 0;
    MDB_val stored_key{sizeof key, &key};
    MDB_val stored_value{value.size(), value.data()};
    int code = mdb_dbi_open(txn, nullptr, MDB_INTEGERKEY, &dbi);
    if (code == 0) code = mdb_put(txn, dbi, &stored_key, &stored_value, MDB_APPEND);
    if (code == 0) return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return code;
}

class OwnedFile {
public:
    explicit OwnedFile(const std::filesystem::path& path)
        : fd_{open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)} {}
    ~OwnedFile() {
        if (fd_ >= 0) close(fd_);
    }
    OwnedFile(const OwnedFile&) = delete;
    OwnedFile& operator=(const OwnedFile&) = delete;
    OwnedFile(OwnedFile&&) = delete;
    OwnedFile& operator=(OwnedFile&&) = delete;

    // The file's blocks are allocated after the first time.
    bool write_durably(std::array<std::byte, 4096>& page, std::uint64_t number) const {
        const auto at = static_cast<off_t>(number % 256 * page.size());
        return pwrite(fd_, page.data(), page.size(), at) == static_cast<ssize_t>(page.size()) &&
               fdatasync(fd_) == 0;
    }

private:
    int fd_;
};

}  // namespace

Result<AppendFloor> append_bare(const std::filesystem::path& directory, std::uint64_t blocks,
                                std::size_t block_bytes, const Watch& watch) {
    MDB_env* opened = nullptr;
    int code = mdb_env_create(&opened);
    const Environment environment{opened};
    if (code == 0) code = mdb_env_set_mapsize(opened, kMapBytes);
    if (code == 0) code = mdb_env_open(opened, directory.c_str(), 0, 0600);
    if (code != 0) return failed("open", code);

    Random random{block_bytes};
    std::vector<std::byte> value(block_bytes);
    for (auto& byte : value)
        byte = static_cast<std::byte>(random.next());

    AppendFloor floor;
    const auto started = steady_clock::now();
    auto before = started;
    while (floor.blocks < blocks && before - started < kTimeMax &&
           floor.blocks * block_bytes < kBytesMax) {
        code = append(opened, ++floor.blocks, value);
        if (code != 0) return failed("append", code);
        const auto now = steady_clock::now();
        floor.commits.add(now - before);
        before = now;
        const auto watched = watch();
        if (!watched) return std::unexpected{watched.error()};
    }
    floor.elapsed = before - started;
    return floor;
}

Result<Histogram> sync_bare(const std::filesystem::path& directory, const Watch& watch) {
    constexpr std::uint64_t kSyncs = 512;
    const OwnedFile file{directory / "synced"};
    std::array<std::byte, 4096> page{};
    Histogram syncs;
    for (std::uint64_t i = 0; i < 2 * kSyncs; ++i) {
        page.at(i % page.size()) = static_cast<std::byte>(i + 1);
        const auto before = steady_clock::now();
        if (!file.write_durably(page, i)) {
            return fail(ErrorCode::io_failed,
                        "floor: fdatasync: " + std::generic_category().message(errno));
        }
        if (i >= kSyncs) syncs.add(steady_clock::now() - before);
        const auto watched = watch();
        if (!watched) return std::unexpected{watched.error()};
    }
    return syncs;
}

}  // namespace daybook::bench
