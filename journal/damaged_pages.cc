#include "journal/damaged_pages.h"

#include <algorithm>
#include <cstring>
#include <unistd.h>

#include <lmdb.h>

namespace daybook::journal {

namespace {

constexpr int kExitDamaged = 76;  // as cli/exit_code.h has it

[[noreturn]] void end(const char* line) {
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line, std::strlen(line));
    _exit(kExitDamaged);
}

// Nothing is tidied up: what is not durable was not answered, as after a kill.
void on_assertion(MDB_env* env, const char* /*assertion*/) {
    end(static_cast<const char*>(mdb_env_get_userctx(env)));
}

int compare(const MDB_val* asked, const MDB_val* stored) {
    if (stored->mv_size == 0) {
        end("daybook: a stored page holds keys without bytes, which no journal and no projection "
            "has; run `daybook verify`, or restore a backup\n");
    }
    const std::size_t common = std::min(asked->mv_size, stored->mv_size);
    const int order = std::memcmp(asked->mv_data, stored->mv_data, common);
    if (order != 0) return order;
    return (asked->mv_size > common ? 1 : 0) - (stored->mv_size > common ? 1 : 0);
}

}  // namespace

void end_on_damaged_pages(MDB_env* env, const char* line) {
    mdb_env_set_userctx(env, const_cast<char*>(line));
    mdb_env_set_assert(env, on_assertion);
}

int compare_keys_here(MDB_txn* txn, unsigned database) {
    return mdb_set_compare(txn, database, compare);
}

int compare_names_here(MDB_txn* txn) {
    MDB_dbi names = 0;
    const int code = mdb_dbi_open(txn, nullptr, 0, &names);
    return code != MDB_SUCCESS ? code : compare_keys_here(txn, names);
}

}  // namespace daybook::journal
