// The form of a recording: what processes asked of the files below one directory, in order. Each
// entry is an Entry, its name, its bytes. Written by recorder.cc (preloaded), read by recording.cc.
#pragma once

#include <cstdint>

namespace daybook::power_loss {

enum class Kind : std::uint32_t {
    make_file = 1,  // a file `object` appears as `name` in the directory `parent`
    make_directory,
    write,       // `size` bytes at `at` of `object`; not durable
    resize,      // `object` becomes `at` bytes long
    sync,        // everything asked of `object` before, a file or a directory, is durable
    sync_range,  // the last write of `object` is durable
    remove,      // `name` goes from the directory `parent`
    rename,      // what `object` was as a name in `parent` goes; it appears as `name` in `at`
    answer,      // somebody has been told that Seq `at` is durable: in the ledger, or in what has
                 // `name`
};

struct Entry {
    Kind kind;
    std::uint32_t name_bytes;
    std::uint64_t object;  // inode number
    std::uint64_t
        parent;  // inode number; of a write, 1: its sectors are written whole or not at all
    std::uint64_t at;
    std::uint64_t size;  // of the bytes behind the name
};

}  // namespace daybook::power_loss
