#include "export/importer.h"

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "export/block_rebuilder.h"
#include "export/content_check.h"
#include "export/line_reader.h"
#include "journal/new_book.h"
#include "journal/writer.h"
#include "json/record_reader.h"

namespace daybook::exports {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unusable(const fs::path& directory, const std::string& why) {
    return fail(ErrorCode::bad_input, "'" + directory.string() + "' " + why);
}

// The manifests, if the exports are a whole book together.
Result<std::vector<Manifest>> read_manifests(const std::vector<fs::path>& exports) {
    std::vector<Manifest> manifests;
    for (const auto& directory : exports) {
        auto manifest = read_manifest(directory);
        if (!manifest) return std::unexpected{manifest.error()};
        if (manifest->format != Format::jsonl || manifest->files.size() != 1) {
            return unusable(directory, "is no JSONL export; make one with --format jsonl");
        }
        const auto why =
            manifests.empty() ? std::string{} : why_not_adjacent(manifests.back(), *manifest);
        if (!why.empty()) {
            return unusable(directory, "does not continue the export before it: " + why);
        }
        manifests.push_back(*std::move(manifest));
    }
    const Manifest& first = manifests.front();
    if (first.from != Seq{1}) {
        return unusable(exports.front(), "begins with seq " + std::to_string(first.from.value()) +
                                             "; name the exports before it too");
    }
    if (genesis_hash(first.book, first.genesis_stamp, first.origin) != first.genesis_hash) {
        return unusable(exports.front(),
                        "has a book and a genesis stamp that do not give its "
                        "genesis hash; run `daybook verify-export`");
    }
    const Manifest& last = manifests.back();
    if (last.to != last.last_block.last_seq()) {
        return unusable(exports.back(), "ends within a block; export up to seq " +
                                            std::to_string(last.last_block.last_seq().value()));
    }
    return manifests;
}

// Takes the lines of all exports to the journal's writer.
class Importer {
public:
    explicit Importer(journal::Writer& writer) : writer_{writer} {}

    Result<void> add(std::string_view line) {
        const auto record = json::read_record(line);
        if (!record) return std::unexpected{record.error()};
        if (record->seq != next_) {
            return fail(ErrorCode::bad_input, "it has seq " + std::to_string(record->seq.value()) +
                                                  " where seq " + std::to_string(next_.value()) +
                                                  " is due");
        }
        // It compares the block's hash before anything of the block is stored.
        if (auto added = blocks_.add(*record); !added) return added;
        const schema::BlockFacts& block = blocks_.block();
        if (record->seq == block.first_seq) open_.begin(block.first_seq, block.stamp);
        std::memcpy(open_.append(blocks_.bytes().size()).data(), blocks_.bytes().data(),
                    blocks_.bytes().size());
        next_ = next_.next();
        return record->seq == block.last_seq() ? store(block) : Result<void>{};
    }

    Seq next() const { return next_; }

private:
    Result<void> store(const schema::BlockFacts& block) {
        if (block.previous != writer_.head().hash || block.number != writer_.head().number + 1) {
            return fail(ErrorCode::bad_input, "its block does not continue the one before");
        }
        const auto stored = writer_.append(open_);
        if (!stored) return std::unexpected{stored.error()};
        if (stored->hash == block.hash) return {};
        return fail(ErrorCode::bad_input, "its block does not give the hash it states");
    }

    static constexpr std::size_t kBlockBytes = std::size_t{16} << 20;

    journal::Writer& writer_;
    BlockRebuilder blocks_;
    journal::BlockBuilder open_{kBlockBytes};
    Seq next_{1};
};

Result<void> import_file(const fs::path& path, Importer& importer, const GoOn& go_on) {
    constexpr std::uint64_t kLinesBetweenLooks = 1024;
    auto reader = LineReader::open(path);
    if (!reader) return std::unexpected{reader.error()};
    while (true) {
        const auto line = reader->next();
        if (!line) return fail(line.error(), "'" + path.string() + "'");
        if (!*line) return {};
        if (auto added = importer.add(**line); !added) {
            return fail(added.error(),
                        "'" + path.string() + "', line " + std::to_string(reader->line()));
        }
        if (!go_on || reader->line() % kLinesBetweenLooks != 0) continue;
        if (!go_on(importer.next())) {
            return fail(ErrorCode::try_again, "stopped; nothing was kept, run it again");
        }
    }
}

}  // namespace

Result<ImportedJournal> import_journal(const std::vector<fs::path>& exports, const fs::path& data,
                                       const GoOn& go_on) {
    const auto manifests = read_manifests(exports);
    if (!manifests) return std::unexpected{manifests.error()};
    const Manifest& first = manifests->front();
    auto book = journal::NewBook::create(data, first.book, first.genesis_stamp, first.origin);
    if (!book) return std::unexpected{book.error()};
    auto writer = journal::Writer::open((*book)->environment());
    if (!writer) return std::unexpected{writer.error()};
    Importer importer{**writer};
    for (std::size_t i = 0; i < exports.size(); ++i) {
        const Manifest& manifest = (*manifests)[i];
        const fs::path file = exports[i] / manifest.files.front().name;
        if (auto imported = import_file(file, importer, go_on); !imported) {
            return std::unexpected{imported.error()};
        }
        if (importer.next() != manifest.to.next()) {
            return unusable(file, "ends before seq " + std::to_string(manifest.to.value()) +
                                      "; run `daybook verify-export`");
        }
    }
    const Manifest& last = manifests->back();
    const journal::BlockInfo head = (*writer)->head();
    writer->reset();
    if (head.hash != last.last_block.hash) {
        return unusable(exports.back(), "has another chain head than its manifest says");
    }
    if (auto committed = (*book)->commit(); !committed) return std::unexpected{committed.error()};
    return ImportedJournal{first, last, head.number};
}

}  // namespace daybook::exports
