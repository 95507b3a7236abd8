// SegmentWriter: makes a sealed segment (journal/segment.h) of blocks that come in order. One
// thread. Holds about one chunk, or one block that is larger, in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "journal/block.h"
#include "journal/segment.h"

namespace daybook::journal {

class SegmentWriter {
public:
    // Writes to `<path>.partial`, of mode 0600; one that was left there is removed. `cannot_create`
    // when there is something at `path` already, or the file cannot be made. Who writes into the
    // directory at the same time is the caller's concern.
    static Result<std::unique_ptr<SegmentWriter>> create(const std::filesystem::path& path);
    // Without `finish` nothing is left.
    ~SegmentWriter();
    SegmentWriter(const SegmentWriter&) = delete;
    SegmentWriter& operator=(const SegmentWriter&) = delete;
    SegmentWriter(SegmentWriter&&) = delete;
    SegmentWriter& operator=(SegmentWriter&&) = delete;

    // The next block; the first may be any. `damaged` unless it continues the one before.
    Result<void> add(const BlockView& block);

    // Of the blocks so far, not compressed.
    std::uint64_t block_bytes() const;
    bool is_empty() const { return block_bytes() == 0; }

    // After at least one block (checked), once: writes index and trailer, syncs the file, gives it
    // its name and syncs the directory. The file's pages are dropped from the system's memory, so
    // that who verifies it (`verify_segment`) reads what the disk holds.
    Result<SegmentInfo> finish();

private:
    class Impl;
    explicit SegmentWriter(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::journal
