#include "backup/back_up.h"

#include <algorithm>
#include <string>
#include <unistd.h>
#include <utility>

#include "backup/directory.h"
#include "journal/reader.h"
#include "journal/segment_writer.h"

namespace daybook::backup {

namespace {

using journal::BlockInfo;
using journal::BlockView;

// So much of a large journal is safe after each step.
constexpr std::uint64_t kSegmentBlockBytes = std::uint64_t{1} << 30;

// The journal's block with that last Seq, if it has one; the genesis block for 0.
Result<std::optional<BlockView>> block_ending_at(journal::Snapshot& snapshot, Seq seq) {
    if (seq == Seq{}) {
        const auto genesis = snapshot.genesis();
        if (!genesis) return std::unexpected{genesis.error()};
        return std::optional{*genesis};
    }
    return snapshot.block_of(seq);
}

// Up to where the journal is what the backup says.
Result<Seq> last_common_seq(journal::Snapshot& snapshot, const Manifest& manifest) {
    Seq common;
    for (const StoredSegment& segment : manifest.segments) {
        const auto block = block_ending_at(snapshot, segment.info.last_seq);
        if (!block) return std::unexpected{block.error()};
        if (!*block || (*block)->info().hash != segment.info.last_hash) break;
        common = segment.info.last_seq;
    }
    return common;
}

// Whether a journal that is shorter than the backup is the beginning of what is in there.
bool is_beginning_of(const Manifest& manifest, const BlockInfo& head,
                     const std::filesystem::path& directory) {
    for (const StoredSegment& stored : manifest.segments) {
        if (head.number < stored.info.first_block || stored.info.last_block < head.number) continue;
        const auto segment = journal::Segment::open(directory / stored.name);
        if (!segment) return false;
        const auto chunk = (*segment)->chunk((*segment)->chunk_of_block(head.number));
        if (!chunk) return false;
        return std::ranges::any_of(chunk->blocks(), [&](const BlockView& block) {
            return block.info().hash == head.hash;
        });
    }
    return false;
}

std::unexpected<Error> not_continued(journal::Snapshot& snapshot, const Manifest& manifest,
                                     const std::string& directory) {
    const auto common = last_common_seq(snapshot, manifest);
    if (!common) return std::unexpected{common.error()};
    const Seq head = snapshot.head_seq();
    const std::string backed_up = std::to_string(manifest.head_seq().value());
    if (is_beginning_of(manifest, snapshot.head(), directory)) {
        return fail(ErrorCode::damaged,
                    "the journal ends at seq " + std::to_string(head.value()) +
                        ", and the backup in '" + directory + "' has records up to seq " +
                        backed_up +
                        ": the journal has lost some; restore it from there, or name "
                        "another directory");
    }
    return fail(ErrorCode::damaged, "the journal is not the one in the backup in '" + directory +
                                        "': they are the same up to seq " +
                                        std::to_string(common->value()) +
                                        " at least, and the backup reaches to seq " + backed_up +
                                        "; nothing was added, name another directory");
}

class BackUp {
public:
    BackUp(BackupDirectory& directory, JournalBlocks& blocks, journal::ChainCheck chain,
           Clock& clock, const GoOn& go_on)
        : directory_{directory},
          blocks_{blocks},
          chain_{std::move(chain)},
          clock_{clock},
          go_on_{go_on} {}

    Result<BackedUp> run() {
        const BlockView* block = nullptr;
        if (auto more = next(block); !more) return std::unexpected{more.error()};
        while (block != nullptr) {
            if (auto added = add_segment(block); !added) return std::unexpected{added.error()};
        }
        done_.manifest = directory_.manifest();
        return done_;
    }

private:
    Result<void> next(const BlockView*& block) {
        const auto found = blocks_.next();
        if (!found) return std::unexpected{found.error()};
        block = *found;
        return {};
    }

    // Of the blocks from `block` on, which is then the first behind it.
    Result<void> add_segment(const BlockView*& block) {
        const BlockInfo first = block->info();
        const std::string name = name_of_segment(first.first_seq, first.number);
        const auto path = directory_.path() / name;
        const auto writer = journal::SegmentWriter::create(path);
        if (!writer) return std::unexpected{writer.error()};
        bool has_more = true;
        while (has_more) {
            if (auto added = (*writer)->add(*block); !added) return added;
            if (auto may = go_on("backing up", block->info().last_seq()); !may) return may;
            if ((*writer)->block_bytes() >= kSegmentBlockBytes) break;
            if (auto more = next(block); !more) return more;
            has_more = block != nullptr;
        }
        blocks_.rest();  // what follows may take seconds
        const auto info = (*writer)->finish();
        if (!info) return std::unexpected{info.error()};
        if (auto kept = keep(path, {name, clock_.now(), {}, *info}); !kept) {
            const auto& segments = directory_.manifest().segments;
            const bool is_named = !segments.empty() && segments.back().name == name;
            if (!is_named) unlink(path.c_str());
            return kept;
        }
        return has_more ? next(block) : Result<void>{};
    }

    // What was written counts once it has been read back, every byte of it.
    Result<void> keep(const std::filesystem::path& path, StoredSegment stored) {
        const auto segment = journal::Segment::open(path);
        if (!segment) return std::unexpected{segment.error()};
        const auto sha256 = journal::verify_segment(**segment, chain_, [&](const BlockView& block) {
            return go_on("verifying", block.info().last_seq());
        });
        if (!sha256) {
            if (sha256.error().code != ErrorCode::damaged) return std::unexpected{sha256.error()};
            return fail(ErrorCode::damaged,
                        "what was written is not a sound part of the chain, and was not kept: " +
                            sha256.error().detail +
                            "; `daybook verify` tells whether the journal is damaged or this disk");
        }
        stored.sha256 = *sha256;
        if (auto added = directory_.add(stored); !added) return added;
        ++done_.segments_added;
        done_.blocks_added += stored.info.last_block + 1 - stored.info.first_block;
        done_.records_added += stored.records();
        done_.bytes_added += stored.info.file_bytes;
        return {};
    }

    Result<void> go_on(std::string_view doing, Seq at) const {
        if (!go_on_ || go_on_(doing, at, blocks_.head().last_seq())) return {};
        return fail(ErrorCode::try_again,
                    "stopped; the backup reaches to seq " +
                        std::to_string(directory_.manifest().head_seq().value()) +
                        ", run it again to go on from there");
    }

    BackupDirectory& directory_;
    JournalBlocks& blocks_;
    journal::ChainCheck chain_;
    Clock& clock_;
    const GoOn& go_on_;
    BackedUp done_;
};

}  // namespace

Result<BackedUp> back_up(const std::shared_ptr<journal::Environment>& journal,
                         const std::filesystem::path& directory, Clock& clock, const GoOn& go_on) {
    auto snapshot = journal::Snapshot::open(journal);
    if (!snapshot) return std::unexpected{snapshot.error()};
    const auto genesis = snapshot->genesis();
    if (!genesis) return std::unexpected{genesis.error()};
    const auto backup = BackupDirectory::open(
        directory, {journal->book(), genesis->info().hash, journal->origin(), {}});
    if (!backup) return std::unexpected{backup.error()};
    const Manifest& manifest = (*backup)->manifest();

    journal::ChainCheck chain{journal->book()};
    std::optional<BlockInfo> after;
    if (!manifest.is_empty()) {
        if (auto refreshed = snapshot->refresh(); !refreshed) {
            return std::unexpected{refreshed.error()};
        }
        const auto head = block_ending_at(*snapshot, manifest.head_seq());
        if (!head) return std::unexpected{head.error()};
        if (!*head || (*head)->info().hash != manifest.last().last_hash) {
            return not_continued(*snapshot, manifest, directory.string());
        }
        if (auto sound = (*head)->verify(); !sound) return std::unexpected{sound.error()};
        chain = journal::ChainCheck{**head};
        after = (*head)->info();
    }
    const auto blocks = JournalBlocks::open(journal, after);
    if (!blocks) return std::unexpected{blocks.error()};
    return BackUp{**backup, **blocks, std::move(chain), clock, go_on}.run();
}

}  // namespace daybook::backup
