// LMDB's meta pages, decoded by ourselves before LMDB maps anything: it checks neither that the
// file is as long as they say (a truncated file ends in SIGBUS) nor which of them a lock file
// points to.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace daybook::journal {

struct MetaPage {
    std::uint64_t txn_id = 0;
    std::uint64_t last_page = 0;
    std::uint64_t page_bytes = 0;
};

// The newer of the two meta pages of the data file open as `fd`. `damaged` if they are not LMDB's.
Result<MetaPage> newest_meta_page(int fd);

// `damaged` if the file is shorter than its newest meta page says.
Result<void> check_length(int fd, const MetaPage& meta);

}  // namespace daybook::journal
