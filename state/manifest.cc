#include "state/manifest.h"

#include <array>
#include <cstring>
#include <system_error>

#include "journal/directory.h"
#include "state/file.h"
#include "state/layout.h"

namespace daybook::state {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> bad_manifest(const fs::path& path) {
    return fail(ErrorCode::damaged, path.string() + " is not what was written");
}

// The runs must follow each other without a gap up to where the keys stand.
bool is_contiguous(const Manifest& manifest) {
    Seq last;
    for (const RunInfo& run : manifest.runs) {
        if (run.first_seq != last.next() || run.last_seq < run.first_seq) return false;
        if (run.count == 0 || run.count > 0xFFFF'FFFF) return false;
        last = run.last_seq;
    }
    return last <= manifest.keys_seq && manifest.book_seq <= manifest.keys_seq;
}

}  // namespace

Result<Manifest> read_manifest(const fs::path& directory) {
    const fs::path path = directory / kManifestFile;
    const auto file = File::open(path);
    if (!file) return std::unexpected{file.error()};
    ManifestHeader header;
    const auto header_bytes = std::as_writable_bytes(std::span{&header, 1});
    if (auto done = file->read(0, header_bytes); !done) return std::unexpected{done.error()};
    constexpr std::uint32_t kRunsMax = 1024;
    if (header.magic != kManifestMagic || header.run_count > kRunsMax) return bad_manifest(path);
    if (header.format_version != kFormatVersion) {
        return fail(ErrorCode::damaged, path.string() + " is of another format version");
    }
    std::vector<RunRow> rows(header.run_count);
    const auto row_bytes = std::as_writable_bytes(std::span{rows});
    std::uint64_t checksum = 0;
    auto done = file->read(sizeof header, row_bytes);
    if (done) {
        done = file->read(sizeof header + row_bytes.size(),
                          std::as_writable_bytes(std::span{&checksum, 1}));
    }
    if (!done) return std::unexpected{done.error()};
    Checksum actual;
    actual.add(header_bytes);
    actual.add(row_bytes);
    if (actual.value() != checksum) return bad_manifest(path);

    Manifest manifest{.book = header.book,
                      .seeds = header.seeds,
                      .keys_seq = Seq{header.keys_seq},
                      .keys_block_hash = header.keys_block_hash,
                      .newest_key = header.newest_key,
                      .book_seq = Seq{header.book_seq},
                      .runs = {}};
    for (const RunRow& row : rows) {
        manifest.runs.push_back(
            {Seq{row.first_seq}, Seq{row.last_seq}, row.count, row.entries_checksum});
    }
    if (!is_contiguous(manifest)) return bad_manifest(path);
    return manifest;
}

Result<void> write_manifest(const fs::path& directory, const Manifest& manifest) {
    const fs::path path = directory / kManifestFile;
    const fs::path fresh = directory / "manifest.new";
    const ManifestHeader header{.run_count = static_cast<std::uint32_t>(manifest.runs.size()),
                                .book = manifest.book,
                                .seeds = manifest.seeds,
                                .keys_seq = manifest.keys_seq.value(),
                                .book_seq = manifest.book_seq.value(),
                                .keys_block_hash = manifest.keys_block_hash,
                                .newest_key = manifest.newest_key};
    auto file = File::create(fresh);
    if (!file) return std::unexpected{file.error()};
    SectionWriter section{*file, 0};
    auto done = section.append(std::as_bytes(std::span{&header, 1}));
    for (const RunInfo& run : manifest.runs) {
        const RunRow row{run.first_seq.value(), run.last_seq.value(), run.count,
                         run.entries_checksum};
        if (done) done = section.append(std::as_bytes(std::span{&row, 1}));
    }
    if (done) done = section.flush();
    const std::uint64_t checksum = section.checksum();
    if (done) done = section.append(std::as_bytes(std::span{&checksum, 1}));
    if (done) done = section.flush();
    if (done) done = file->sync();
    if (!done) return done;
    std::error_code error;
    fs::rename(fresh, path, error);
    if (error) {
        return fail(ErrorCode::io_failed,
                    "cannot rename " + fresh.string() + ": " + error.message());
    }
    return journal::sync_directory(directory);
}

}  // namespace daybook::state
