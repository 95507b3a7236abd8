#include "export/jsonl_check.h"

#include <string>

#include "export/check_lines.h"
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

}  // namespace

Result<void> JsonlCheck::begin(const Manifest& manifest) {
    const Cut cut{manifest.from, manifest.to};
    if (next_ != Seq{}) return tally_.begin_next(cut);
    next_ = manifest.from;
    knows_totals_ = manifest.from == Seq{1};
    tally_ = Tally{cut};
    return {};
}

Result<void> JsonlCheck::add(std::string_view line, const Manifest& manifest) {
    const auto record = json::read_record(line);
    if (!record) return std::unexpected{record.error()};
    if (record->seq != next_) {
        return fail(ErrorCode::bad_input, "it has seq " + std::to_string(record->seq.value()) +
                                              " where seq " + std::to_string(next_.value()) +
                                              " is due");
    }
    if (record->seq > manifest.to) {
        return fail(ErrorCode::bad_input, "it is behind the end of the cut");
    }
    if (record->book != manifest.book) {
        return fail(ErrorCode::bad_input, "it is of another book than the manifest");
    }
    if (auto rebuilt = blocks_.add(*record); !rebuilt) return rebuilt;
    next_ = next_.next();
    return take(manifest);
}

Result<void> JsonlCheck::take(const Manifest& manifest) {
    const auto record = schema::RecordView::parse(blocks_.bytes());
    if (!record) return std::unexpected{record.error()};
    posted_.clear();
    if (knows_totals_) {
        if (auto taken = chart_.take(*record, posted_); !taken) return taken;
    }
    const auto info = info_of(blocks_.block(), manifest.book);
    return tally_.take({info, blocks_.bytes(), *record, posted_}, chart_);
}

Manifest JsonlCheck::recomputed(const Manifest& manifest) const {
    Manifest made = tally_.manifest(chart_);
    if (knows_totals_) return made;
    made.counts.postings = manifest.counts.postings;
    made.totals = manifest.totals;
    return made;
}

Found JsonlCheck::check(const std::filesystem::path& directory, const Manifest& manifest,
                        const GoOn& go_on) {
    const std::string& name = manifest.files.front().name;
    if (auto begun = begin(manifest); !begun) {
        return ExportFinding{name, 0, {}, begun.error().detail, {}, {}};
    }
    auto finding = check_lines(
        directory / name,
        [&](std::uint64_t /*number*/, std::string_view line) { return add(line, manifest); },
        [&] { return next_; }, go_on);
    if (!finding || *finding) return finding;
    return compare(manifest, recomputed(manifest));
}

}  // namespace daybook::exports
