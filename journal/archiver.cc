#include "journal/archiver.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/check.h"
#include "journal/archive.h"
#include "journal/block_removal.h"
#include "journal/chain.h"
#include "journal/directory.h"
#include "journal/lmdb_txn.h"
#include "journal/reader.h"
#include "journal/recent_pages.h"
#include "journal/segment_writer.h"

namespace daybook::journal {

namespace {

namespace fs = std::filesystem;

struct Range {
    BlockInfo first;
    BlockInfo last;
};

class Archiver {
public:
    Archiver(std::shared_ptr<Environment> environment, const ArchiveOptions& options)
        : environment_{std::move(environment)},
          options_{options},
          directory_{archive_directory(environment_->directory())},
          removal_{environment_, options, report_} {}

    Result<ArchiveReport> run() {
        auto done = prepare();
        if (done) done = finish_what_was_sealed();
        while (done) {
            const auto range = next_range();
            if (!range) return std::unexpected{range.error()};
            if (!*range) break;
            done = seal(**range);
            if (done) done = may_go_on(options_, (*range)->first.first_seq);
            if (done) done = removal_.to((*range)->last.number);
        }
        if (!done) return std::unexpected{done.error()};
        if (auto counted = count(); !counted) return std::unexpected{counted.error()};
        return report_;
    }

private:
    // The directory, without what an interrupted call left half written in it.
    Result<void> prepare() {
        const bool is_new = mkdir(directory_.c_str(), 0700) == 0;
        if (!is_new && errno != EEXIST) {
            return fail(ErrorCode::cannot_create, "cannot make " + directory_.string() + ": " +
                                                      std::generic_category().message(errno));
        }
        if (is_new) {
            // The umask may have taken some of the owner's.
            (void)chmod(directory_.c_str(), 0700);
        }
        if (auto checked = check_directory(directory_); !checked) return checked;
        // Blocks leave the journal for segments that an interrupted call may have named.
        if (auto synced = sync_names(directory_); !synced) return synced;
        std::error_code problem;
        for (auto entry = fs::directory_iterator{directory_, problem};
             !problem && entry != fs::directory_iterator{}; entry.increment(problem)) {
            const auto name = entry->path().filename().string();
            const bool is_half = name.ends_with(std::string{kSegmentSuffix} + ".partial");
            if (is_half) (void)unlink(entry->path().c_str());
        }
        if (problem) return system_error(problem.value(), "cannot list " + directory_.string());
        return {};
    }

    Result<std::shared_ptr<const Archive>> open_archive() const {
        return Archive::open(directory_, environment_->book());
    }

    // A call that was interrupted sealed blocks that are still in the journal, all or some.
    Result<void> finish_what_was_sealed() {
        const auto archive = open_archive();
        if (!archive) return std::unexpected{archive.error()};
        for (const auto& segment : (*archive)->segments()) {
            const auto removed = removed_blocks();
            if (!removed) return std::unexpected{removed.error()};
            if (segment->info().last_block <= *removed) continue;
            if (auto sound = verify(segment->path()); !sound) return sound;
            if (auto done = removal_.to(segment->info().last_block); !done) return done;
        }
        return {};
    }

    Result<std::uint64_t> removed_blocks() const {
        auto snapshot = Snapshot::open(environment_);
        if (!snapshot) return std::unexpected{snapshot.error()};
        return snapshot->archived_blocks();
    }

    // The blocks of the next segment; nothing when there are none to be archived.
    Result<std::optional<Range>> next_range() {
        auto snapshot = Snapshot::open(environment_);
        if (!snapshot) return std::unexpected{snapshot.error()};
        const auto archive = open_archive();
        if (!archive) return std::unexpected{archive.error()};
        const auto is_wanted = [&](const std::optional<BlockView>& block) {
            return block && block->info().number < snapshot->head().number &&
                   block->info().last_seq() <= options_.to;
        };
        auto block = snapshot->block_of((*archive)->last_seq().next());
        if (!block) return std::unexpected{block.error()};
        if (!is_wanted(*block)) return std::nullopt;
        Range range{(*block)->info(), (*block)->info()};
        std::uint64_t bytes = 0;
        while (block && is_wanted(*block)) {
            bytes += (*block)->stored().size();
            if (bytes > options_.segment_bytes_max && range.first.number != (*block)->info().number)
                return range;
            range.last = (*block)->info();
            block = snapshot->block_after(range.last);
        }
        if (!block) return std::unexpected{block.error()};
        return range;
    }

    Result<void> seal(const Range& range) {
        const auto path = segment_path(directory_, range.first.first_seq, range.last.last_seq());
        auto writer = SegmentWriter::create(path);
        if (!writer) return std::unexpected{writer.error()};
        if (auto added = add_blocks(**writer, range); !added) return added;
        const auto info = (*writer)->finish();
        if (!info) return std::unexpected{info.error()};
        if (auto sound = verify(path); !sound) return sound;
        ++report_.segments;
        report_.segment_bytes += info->file_bytes;
        return {};
    }

    Result<void> add_blocks(SegmentWriter& writer, const Range& range) {
        auto snapshot = Snapshot::open(environment_);
        if (!snapshot) return std::unexpected{snapshot.error()};
        auto block = snapshot->block_of(range.first.first_seq);
        while (block && *block && (*block)->info().number <= range.last.number) {
            const BlockInfo info = (*block)->info();
            if (auto added = writer.add(**block); !added) return added;
            unmap_pages(**block);
            if (auto wanted = may_go_on(options_, info.last_seq()); !wanted) return wanted;
            block = snapshot->block_after(info);
        }
        if (!block) return std::unexpected{block.error()};
        return {};
    }

    // As it can be read back, against the chain before it and against the blocks in the journal.
    Result<void> verify(const fs::path& path) {
        const auto segment = Segment::open(path);
        if (!segment) return std::unexpected{segment.error()};
        auto snapshot = Snapshot::open(environment_);
        if (!snapshot) return std::unexpected{snapshot.error()};
        const auto before = block_before((*segment)->info(), *snapshot);
        if (!before) return std::unexpected{before.error()};
        if (auto sound = before->verify(); !sound) return sound;
        ChainCheck chain{*before};
        const auto hash = verify_segment(**segment, chain, [&](const BlockView& sealed) {
            return compare(sealed, *snapshot, path);
        });
        if (!hash) return std::unexpected{hash.error()};
        return {};
    }

    static Result<BlockView> block_before(const SegmentInfo& info, Snapshot& snapshot) {
        if (info.first_block == 1) return snapshot.genesis();
        const auto block = snapshot.block_of(Seq{info.first_seq.value() - 1});
        if (!block) return std::unexpected{block.error()};
        if (!*block) return fail(ErrorCode::damaged, "the journal lacks a block it counts");
        return **block;
    }

    Result<void> compare(const BlockView& sealed, Snapshot& snapshot, const fs::path& path) {
        if (sealed.info().number <= snapshot.archived_blocks()) return {};
        const auto block = snapshot.block_of(sealed.info().first_seq);
        if (!block) return std::unexpected{block.error()};
        const bool is_same = *block && std::ranges::equal(sealed.stored(), (*block)->stored());
        if (!is_same) {
            return fail(ErrorCode::damaged, "segment " + path.string() +
                                                " is not what the journal holds from seq " +
                                                std::to_string(sealed.info().first_seq.value()) +
                                                " on; move it away and run this again");
        }
        unmap_pages(**block);
        return may_go_on(options_, sealed.info().first_seq);
    }

    Result<void> count() {
        const auto archive = open_archive();
        if (!archive) return std::unexpected{archive.error()};
        report_.archived_to = (*archive)->last_seq();
        for (const auto& segment : (*archive)->segments()) {
            ++report_.archive_segments;
            report_.archive_bytes += segment->info().file_bytes;
        }
        return {};
    }

    std::shared_ptr<Environment> environment_;
    const ArchiveOptions& options_;
    fs::path directory_;
    ArchiveReport report_;
    BlockRemoval removal_;
};

}  // namespace

Result<ArchiveReport> archive_blocks(const std::shared_ptr<Environment>& environment,
                                     const ArchiveOptions& options) {
    CHECK_INVARIANT(environment->access() == Access::read_write, "an archiver needs read_write");
    return Archiver{environment, options}.run();
}

}  // namespace daybook::journal
