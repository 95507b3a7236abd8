#include "backup/manifest.h"

#include "export/fork_text.h"
#include "journal/sha256_stream.h"
#include "json/indent.h"
#include "json/line.h"
#include "json/required.h"
#include "json/stored_object.h"

namespace daybook::backup {

namespace {

using json::read_big;
using json::read_hash;
using json::read_stamp;

// One a run and one a GiB: backed up every ten minutes this is enough for nineteen years.
constexpr std::size_t kSegmentsMax = 1'000'000;
constexpr std::string_view kEnd = "\n}\n";
constexpr std::string_view kSumField = ",\n  \"sha256\":\"";
constexpr std::string_view kSumEnd = "\"\n}\n";
constexpr std::size_t kSumDigits = 64;

std::string sum_of(std::string_view text) {
    journal::Sha256Stream sum;
    sum.add(text);
    return to_hex(sum.finish().bytes);
}

void write_segment(json::Line& line, const StoredSegment& segment) {
    const journal::SegmentInfo& info = segment.info;
    line.begin_object()
        .text("name", segment.name)
        .big("first_seq", info.first_seq)
        .big("last_seq", info.last_seq)
        .big("first_block", info.first_block)
        .big("last_block", info.last_block)
        .signed_big("first_stamp_ns", info.first_stamp.nanoseconds())
        .signed_big("last_stamp_ns", info.last_stamp.nanoseconds())
        .text("previous", to_hex(info.previous.bytes))
        .text("last_hash", to_hex(info.last_hash.bytes))
        .big("block_bytes", info.block_bytes)
        .big("file_bytes", info.file_bytes)
        .text("segment_hash", to_hex(info.hash.bytes))
        .text("sha256", to_hex(segment.sha256.bytes))
        .signed_big("made_at_ns", segment.made_at.nanoseconds())
        .end_object();
}

StoredSegment read_segment(json::Fields& stated, const Id128& book) {
    StoredSegment segment;
    segment.name = json::read_file_name(stated, "name");
    segment.made_at = read_stamp(stated, "made_at_ns");
    segment.sha256 = read_hash(stated, "sha256");
    segment.info = {.book = book,
                    .first_block = read_big(stated, "first_block"),
                    .last_block = read_big(stated, "last_block"),
                    .first_seq = Seq{read_big(stated, "first_seq")},
                    .last_seq = Seq{read_big(stated, "last_seq")},
                    .first_stamp = read_stamp(stated, "first_stamp_ns"),
                    .last_stamp = read_stamp(stated, "last_stamp_ns"),
                    .previous = read_hash(stated, "previous"),
                    .last_hash = read_hash(stated, "last_hash"),
                    .hash = read_hash(stated, "segment_hash"),
                    .block_bytes = read_big(stated, "block_bytes"),
                    .file_bytes = read_big(stated, "file_bytes")};
    return segment;
}

bool continues(const Manifest& manifest, const journal::SegmentInfo& next) {
    if (manifest.is_empty()) return next.first_block == 0 && next.first_seq == Seq{1};
    const journal::SegmentInfo& last = manifest.last();
    return next.first_block == last.last_block + 1 && next.first_seq == last.last_seq.next() &&
           next.previous == last.last_hash;
}

Manifest read_fields(json::Fields& fields) {
    Manifest manifest;
    fields.require("backup_version");
    if (fields.small("backup_version").value_or(0) != kManifestVersion) {
        fields.wrong("backup_version", "is not 1, the one that this version of daybook reads");
    }
    fields.require("book");
    manifest.book = fields.tag("book");
    manifest.genesis_hash = read_hash(fields, "genesis_hash");
    manifest.origin = exports::read_origin(fields);
    for (const std::string_view said_by_segments : {"head_seq", "chain_head", "sha256"})
        fields.ignore(said_by_segments);
    fields.each("segments", kSegmentsMax, [&](json::Fields& stated) {
        auto segment = read_segment(stated, manifest.book);
        if (!continues(manifest, segment.info)) {
            stated.wrong("first_block", "does not continue the segment before");
        }
        manifest.segments.push_back(std::move(segment));
    });
    return manifest;
}

std::unexpected<Error> damaged(const std::string& what) {
    return fail(ErrorCode::damaged, what);
}

}  // namespace

std::string to_text(const Manifest& manifest) {
    json::Line line;
    line.begin_object()
        .small("backup_version", kManifestVersion)
        .text("book", to_hex(manifest.book.bytes))
        .text("genesis_hash", to_hex(manifest.genesis_hash.bytes));
    exports::write_origin(line, manifest.origin);
    if (!manifest.is_empty()) {
        line.big("head_seq", manifest.head_seq())
            .text("chain_head", to_hex(manifest.last().last_hash.bytes))
            .begin_array("segments");
        for (const StoredSegment& segment : manifest.segments)
            write_segment(line, segment);
        line.end_array();
    }
    line.end_object();
    std::string text = json::indented(line.str());
    text.resize(text.size() - kEnd.size());
    const std::string sum = sum_of(text);
    return text.append(kSumField).append(sum).append(kSumEnd);
}

Result<Manifest> parse_manifest(std::string_view text) {
    constexpr std::size_t kTail = kSumField.size() + kSumDigits + kSumEnd.size();
    if (text.size() < kTail) return damaged("it is too short to be a manifest");
    const std::string_view body = text.substr(0, text.size() - kTail);
    const std::string tail = std::string{kSumField}.append(sum_of(body)).append(kSumEnd);
    if (text.substr(body.size()) != tail) return damaged("it does not match its SHA-256");
    auto manifest = json::read_object(text, read_fields);
    if (!manifest) return damaged(manifest.error().detail);
    return manifest;
}

Result<Manifest> read_manifest(const std::filesystem::path& directory) {
    const auto text = exports::read_manifest_text(directory, "backup", "daybook backup --to");
    if (!text) return std::unexpected{text.error()};
    auto manifest = parse_manifest(*text);
    if (!manifest) return fail(manifest.error(), "'" + (directory / kManifestName).string() + "'");
    return manifest;
}

}  // namespace daybook::backup
