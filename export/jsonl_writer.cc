#include <utility>

#include "export/format_writer.h"
#include "json/record_line.h"
#include "schema/run.h"

namespace daybook::exports {

namespace {

schema::BlockFacts facts_of(const journal::BlockInfo& info) {
    return {info.number,   info.first_seq,    info.record_count, info.stamp,
            info.previous, info.payload_root, info.history_root, info.hash};
}

class JsonlWriter final : public FormatWriter {
public:
    explicit JsonlWriter(std::unique_ptr<OutputFile> file) : file_{std::move(file)} {}

    Result<void> begin(const Chart& /*chart*/) override { return {}; }

    Result<void> add(const WalkedRecord& walked, const Chart& /*chart*/) override {
        if (walked.block.number != block_) {
            line_.set_block(facts_of(walked.block), walked.block.book);
            block_ = walked.block.number;
        }
        if (auto written = line_.write(walked.record, file_->text()); !written) return written;
        return file_->pass_on();
    }

    Result<std::vector<WrittenFile>> end(const Chart& /*chart*/) override {
        auto written = file_->finish();
        if (!written) return std::unexpected{written.error()};
        return std::vector{*std::move(written)};
    }

private:
    std::unique_ptr<OutputFile> file_;
    json::RecordLine line_;
    std::uint64_t block_ = 0;  // that `line_` has
};

}  // namespace

Result<std::unique_ptr<FormatWriter>> open_jsonl(const std::filesystem::path& directory) {
    auto file = OutputFile::create(directory / "journal.jsonl");
    if (!file) return std::unexpected{file.error()};
    return std::make_unique<JsonlWriter>(*std::move(file));
}

}  // namespace daybook::exports
