#include "http/records.h"

#include <algorithm>
#include <utility>

#include "schema/record.h"

namespace daybook::http {

namespace {
// A body ends with the record that passes it.
constexpr std::size_t kTextBytesMax = std::size_t{4} << 20;
constexpr std::size_t kBytesARecord = 512;
}  // namespace

void RecordRenderer::describe(json::Line& line, AccountNumber number) const {
    const auto& name = known_.at(number);
    line.text("account", name.code)
        .text("asset", name.asset)
        .small("scale", name.scale)
        .text("type", name_of(name.type));
}

Result<void> RecordRenderer::learn(gateway::QueryClient& client,
                                   const std::vector<Bytes>& records) {
    std::vector<AccountNumber> numbers;
    for (const Bytes bytes : records) {
        const auto record = schema::RecordView::parse(bytes);
        if (!record) return std::unexpected{record.error()};
        for (std::size_t i = 0; i < record->touch_count(); ++i)
            numbers.push_back(record->touch(i).account);
    }
    auto known = names_.learn(client, numbers);
    if (!known) return std::unexpected{known.error()};
    known_ = *std::move(known);
    return {};
}

Result<std::string> RecordRenderer::render(const schema::BlockFacts& block, Bytes bytes) {
    const auto record = schema::RecordView::parse(bytes);
    if (!record) return std::unexpected{record.error()};
    if (block.number != block_) line_.set_block(block, book_);
    block_ = block.number;
    std::string text;
    const auto written = line_.write(*record, text);
    if (!written) return std::unexpected{written.error()};
    text.pop_back();  // the end of line
    return text;
}

Result<RecordTexts> read_records(gateway::QueryClient& client, Names& names, Seq from,
                                 std::size_t count) {
    RecordTexts texts{{}, from, {}, {}};
    RecordRenderer renderer{names, client.book()};
    std::size_t bytes = 0;
    for (;;) {
        const auto wanted =
            std::min((count - texts.lines.size()) * kBytesARecord, schema::kRangeBytesMax);
        const auto page = client.records(from.plus(texts.lines.size()), wanted);
        if (!page) return std::unexpected{page.error()};
        texts.head = page->head;
        schema::RunReader runs{page->runs};
        schema::Run run;
        if (runs.is_at_end()) return texts;
        while (!runs.is_at_end()) {
            if (runs.next(run) != Malformation::none) {
                return fail(ErrorCode::damaged, "the answer is not a range of records");
            }
            const auto learned = renderer.learn(client, run.records);
            if (!learned) return std::unexpected{learned.error()};
            for (const Bytes record : run.records) {
                auto text = renderer.render(run.block, record);
                if (!text) return std::unexpected{text.error()};
                bytes += text->size();
                texts.lines.push_back(*std::move(text));
                texts.block = run.block;
                if (texts.lines.size() == count || bytes > kTextBytesMax) return texts;
            }
        }
    }
}

void write_block(json::Line& line, const schema::BlockFacts& block, const Id128& book) {
    line.begin_object("block");
    json::write_block_members(line, block, book);
    line.end_object();
}

}  // namespace daybook::http
