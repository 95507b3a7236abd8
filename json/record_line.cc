#include "json/record_line.h"

#include "base/bytes.h"
#include "json/command_writer.h"
#include "ledger/account.h"
#include "ledger/command.h"

namespace daybook::json {

namespace {

void write_pointer(Line& line, std::string_view name, TouchPointer pointer) {
    if (pointer.is_none()) return;
    line.begin_object(name).big("seq", pointer.seq()).small("touch", pointer.touch()).end_object();
}

void write_touch(Line& line, const Touch& touch, const RecordLine::Describe& describe) {
    line.begin_object().big("account_number", touch.account.value()).big("version", touch.version);
    write_pointer(line, "prev", touch.links.prev);
    write_pointer(line, "jump", touch.links.jump);
    line.amount("posted_debits", touch.after.posted_debits)
        .amount("posted_credits", touch.after.posted_credits)
        .amount("held_debits", touch.after.held_debits)
        .amount("held_credits", touch.after.held_credits);
    if (describe) describe(line, touch.account);
    line.end_object();
}

void write_outcome(Line& line, const schema::RecordView& record) {
    line.text("outcome", name_of(record.verdict()));
    if (record.rejection() != Rejection::none) line.text("code", name_of(record.rejection()));
    if (record.subject() != 0) line.big("subject", record.subject());
}

}  // namespace

void write_block_members(Line& line, const schema::BlockFacts& block, const Id128& book) {
    line.big("number", block.number)
        .big("first_seq", block.first_seq)
        .small("records", block.record_count)
        .text("book", to_hex(book.bytes))
        .text("hash", to_hex(block.hash.bytes))
        .text("previous", to_hex(block.previous.bytes))
        .text("payload_root", to_hex(block.payload_root.bytes))
        .text("history_root", to_hex(block.history_root.bytes))
        .text("stamp", to_string(block.stamp))
        .signed_big("stamp_ns", block.stamp.nanoseconds());
}

void RecordLine::set_block(const schema::BlockFacts& block, const Id128& book) {
    Line line;
    line.begin_object();
    write_block_members(line, block, book);
    line.end_object();
    block_ = line.str();
}

Result<void> RecordLine::write(const schema::RecordView& record, std::string& out) {
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    line_.clear();
    line_.begin_object().big("seq", record.seq()).json("block", block_);
    line_.small("producer", record.producer().value()).text("kind", name_of(record.kind()));
    if (!record.key().is_none()) line_.text("key", to_hex(record.key().bytes));
    write_outcome(line_, record);
    line_.begin_object("command");
    write_fields(line_, *command);
    line_.end_object().begin_array("remarks");
    for (std::size_t i = 0; i < record.remark_count(); ++i)
        write_remark(line_, record.remark(i));
    line_.end_array().begin_array("touches");
    for (std::size_t i = 0; i < record.touch_count(); ++i)
        write_touch(line_, record.touch(i), describe_);
    line_.end_array().end_object();
    out += line_.str();
    out.push_back('\n');
    return {};
}

}  // namespace daybook::json
