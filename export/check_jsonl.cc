#include <utility>

#include "export/block_rebuilder.h"
#include "export/chart.h"
#include "export/content_check.h"
#include "export/line_reader.h"
#include "export/tally.h"
#include "json/record_reader.h"

namespace daybook::exports {

namespace {

journal::BlockInfo info_of(const schema::BlockFacts& block, const Id128& book) {
    journal::BlockInfo info;
    info.number = block.number;
    info.first_seq = block.first_seq;
    info.record_count = block.record_count;
    info.stamp = block.stamp;
    info.book = book;
    info.previous = block.previous;
    info.payload_root = block.payload_root;
    info.history_root = block.history_root;
    info.hash = block.hash;
    return info;
}

class JsonlCheck {
public:
    explicit JsonlCheck(const Manifest& manifest)
        : manifest_{manifest}, tally_{{manifest.from, manifest.to}} {}

    // An error tells what is wrong with the line.
    Result<void> add(std::string_view line) {
        const auto record = json::read_record(line);
        if (!record) return std::unexpected{record.error()};
        if (record->seq != next_) {
            return fail(ErrorCode::bad_input, "it has seq " + std::to_string(record->seq.value()) +
                                                  " where seq " + std::to_string(next_.value()) +
                                                  " is due");
        }
        if (record->seq > manifest_.to) {
            return fail(ErrorCode::bad_input, "it is behind the end of the cut");
        }
        if (record->book != manifest_.book) {
            return fail(ErrorCode::bad_input, "it is of another book than the manifest");
        }
        if (auto rebuilt = blocks_.add(*record); !rebuilt) return rebuilt;
        next_ = next_.next();
        return take();
    }

    Seq next() const { return next_; }

    // What the lines come to. A cut that starts later knows no accounts: of it postings and totals
    // are the manifest's.
    Manifest recomputed() const {
        Manifest made = tally_.manifest(chart_);
        if (manifest_.from == Seq{1}) return made;
        made.counts.postings = manifest_.counts.postings;
        made.totals = manifest_.totals;
        return made;
    }

private:
    Result<void> take() {
        const auto record = schema::RecordView::parse(blocks_.bytes());
        if (!record) return std::unexpected{record.error()};
        posted_.clear();
        if (manifest_.from == Seq{1}) {
            if (auto taken = chart_.take(*record, posted_); !taken) return taken;
        }
        const auto info = info_of(blocks_.block(), manifest_.book);
        return tally_.take({info, blocks_.bytes(), *record, posted_}, chart_);
    }

    const Manifest& manifest_;
    Seq next_ = manifest_.from;
    BlockRebuilder blocks_;
    Chart chart_;
    Tally tally_;
    std::vector<PostedTouch> posted_;
};

}  // namespace

Found check_jsonl(const std::filesystem::path& directory, const Manifest& manifest,
                  const GoOn& go_on) {
    constexpr std::uint64_t kLinesBetweenLooks = 4096;
    const std::string name = manifest.files.front().name;
    auto reader = LineReader::open(directory / name);
    if (!reader) return std::unexpected{reader.error()};
    JsonlCheck check{manifest};
    while (true) {
        const auto line = reader->next();
        if (!line && line.error().code != ErrorCode::bad_input) {
            return std::unexpected{line.error()};
        }
        if (line && !*line) break;
        const auto added = line ? check.add(**line) : Result<void>{std::unexpected{line.error()}};
        if (!added) {
            return ExportFinding{name, reader->line(), check.next(), added.error().detail, {}, {}};
        }
        if (!go_on || reader->line() % kLinesBetweenLooks != 0) continue;
        if (!go_on(check.next())) return fail(ErrorCode::try_again, "stopped; run it again");
    }
    auto finding = compare(manifest, check.recomputed());
    return finding;
}

}  // namespace daybook::exports
