#include "bench/floor.h"

#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <lmdb.h>

#include "bench/random.h"

namespace daybook::bench {

namespace {

constexpr std::size_t kMapBytes = std::size_t{1} << 40;

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

}  // namespace

Result<std::chrono::nanoseconds> append_bare(const std::filesystem::path& directory,
                                             std::uint64_t blocks, std::size_t block_bytes) {
    std::error_code problem;
    std::filesystem::create_directories(directory, problem);
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

    const auto started = std::chrono::steady_clock::now();
    for (std::uint64_t key = 1; key <= blocks; ++key) {
        code = append(opened, key, value);
        if (code != 0) return failed("append", code);
    }
    return std::chrono::steady_clock::now() - started;
}

}  // namespace daybook::bench
