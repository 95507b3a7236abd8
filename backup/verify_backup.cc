#include "backup/verify_backup.h"

#include <string>

#include "journal/chain.h"
#include "journal/segment.h"

namespace daybook::backup {

namespace {

std::unexpected<Error> damaged(const StoredSegment& stored, const std::string& what) {
    return fail(ErrorCode::damaged, "from seq " + std::to_string(stored.info.first_seq.value()) +
                                        " on, in " + stored.name + ": " + what);
}

}  // namespace

Result<void> verify_backup(const std::filesystem::path& directory, const Manifest& manifest,
                           const SeeBlock& see, const GoOn& go_on) {
    if (manifest.is_empty()) {
        return fail(ErrorCode::not_found, "the backup in '" + directory.string() +
                                              "' holds nothing yet; run `daybook backup` again");
    }
    journal::ChainCheck chain{manifest.book};
    for (const StoredSegment& stored : manifest.segments) {
        const auto segment = journal::Segment::open(directory / stored.name);
        if (!segment) {
            if (segment.error().code == ErrorCode::not_found)
                return damaged(stored, "it is missing");
            return std::unexpected{segment.error()};
        }
        if ((*segment)->info() != stored.info) {
            return damaged(stored, "it is not the segment that the manifest says");
        }
        const auto visit = [&](const journal::BlockView& block) -> Result<void> {
            const journal::BlockInfo& info = block.info();
            const bool is_other_book = info.number == 0 && (info.hash != manifest.genesis_hash ||
                                                            block.origin() != manifest.origin);
            if (is_other_book) {
                return damaged(stored, "its genesis block is not that of the manifest");
            }
            if (see) {
                if (auto seen = see(info); !seen) return seen;
            }
            if (!go_on || go_on("verifying", info.last_seq(), manifest.head_seq())) return {};
            return fail(ErrorCode::try_again, "stopped; run it again");
        };
        const auto sha256 = journal::verify_segment(**segment, chain, visit);
        if (!sha256) return std::unexpected{sha256.error()};
        if (*sha256 != stored.sha256) return damaged(stored, "its SHA-256 is not the manifest's");
    }
    return {};
}

}  // namespace daybook::backup
