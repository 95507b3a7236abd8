// Manifest: which segments a backup is made of, and the chain they come to. Written beside them,
// last; docs/backup.md has its fields.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "export/manifest_file.h"
#include "journal/block.h"
#include "journal/segment.h"

namespace daybook::backup {

using exports::kManifestName;
inline constexpr unsigned kManifestVersion = 1;

struct StoredSegment {
    std::string name;  // of its file
    Stamp made_at;
    Hash256 sha256;  // of its file
    journal::SegmentInfo info;

    std::uint64_t records() const { return info.last_seq.value() + 1 - info.first_seq.value(); }
};

struct Manifest {
    Id128 book;
    Hash256 genesis_hash;
    std::optional<journal::Origin> origin = {};  // of a book that is a fork
    std::vector<StoredSegment> segments = {};    // each continues the one before; none at first

    bool is_empty() const { return segments.empty(); }
    // Of a backup that is not empty.
    const journal::SegmentInfo& last() const { return segments.back().info; }
    Seq head_seq() const { return is_empty() ? Seq{} : last().last_seq; }
};

// JSON, one segment a line; its last field is the SHA-256 of everything before.
std::string to_text(const Manifest& manifest);
// `damaged` says what is wrong with it.
Result<Manifest> parse_manifest(std::string_view text);
// That of a backup; `not_found` when there is none in the directory.
Result<Manifest> read_manifest(const std::filesystem::path& directory);

}  // namespace daybook::backup
