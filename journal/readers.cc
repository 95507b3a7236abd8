#include "journal/readers.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <lmdb.h>

#include "journal/lmdb_txn.h"

namespace daybook::journal {

namespace {

struct Counted {
    std::uint64_t last_txn = 0;
    OpenReaders readers;
};

// LMDB tells of readers in lines of text only: process, thread, and the txn they see or a dash.
int count_line(const char* line, void* context) {
    auto& counted = *static_cast<Counted*>(context);
    std::string_view text{line};
    text = text.substr(0, text.find_last_not_of(" \n") + 1);
    text = text.substr(text.find_last_of(' ') + 1);
    std::uint64_t txn = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), txn);
    if (problem != std::errc{} || end != text.data() + text.size()) return 0;
    ++counted.readers.count;
    const std::uint64_t age = counted.last_txn > txn ? counted.last_txn - txn : 0;
    counted.readers.oldest_txns = std::max(counted.readers.oldest_txns, age);
    return 0;
}

}  // namespace

Result<OpenReaders> open_readers(MDB_env* env) {
    MDB_envinfo info{};
    mdb_env_info(env, &info);
    Counted counted{info.me_last_txnid, {}};
    const int code = mdb_reader_list(env, count_line, &counted);
    // Without an error the number of characters that the last line's callback returned.
    if (code < 0) return lmdb_error(code, "cannot list the readers");
    return counted.readers;
}

}  // namespace daybook::journal
