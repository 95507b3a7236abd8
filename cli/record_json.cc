#include "cli/record_json.h"

#include <variant>

#include "base/bytes.h"
#include "ledger/account.h"
#include "ledger/command.h"

namespace daybook::cli {

namespace {

void write_moment(JsonLine& line, Stamp effective_at) {
    if (effective_at.is_none()) return;
    line.signed_big("effective_at_ns", effective_at.nanoseconds());
}

void write_tag(JsonLine& line, const Id128& tag) {
    if (!tag.is_none()) line.text("tag", to_hex(tag.bytes));
}

void write_text(JsonLine& line, std::string_view name, const std::string& text) {
    if (!text.empty()) line.text(name, text);
}

// The fields as the producer stated them; what it left out stays out. The key is the record's.
struct WriteCommand {
    JsonLine& line;

    void operator()(const Transfer& transfer) const {
        line.big("debit_account_number", transfer.debit.value())
            .big("credit_account_number", transfer.credit.value())
            .amount("amount", transfer.amount);
        write_tag(line, transfer.tag);
        write_moment(line, transfer.effective_at);
    }

    void operator()(const DefineAsset& asset) const {
        line.text("code", asset.code).small("scale", asset.scale);
    }

    void operator()(const OpenAccount& account) const {
        line.text("code", account.code)
            .text("asset", account.asset)
            .text("type", name_of(account.type));
        if (account.limits.min) line.amount("min", *account.limits.min);
        if (account.limits.max) line.amount("max", *account.limits.max);
    }

    void operator()(const PostEntry& entry) const {
        line.begin_array("postings");
        for (const auto& posting : entry.postings) {
            line.begin_object();
            if (posting.account.number.is_none()) {
                line.text("account", posting.account.code);
            } else {
                line.big("account_number", posting.account.number.value());
            }
            line.text("side", name_of(posting.side)).amount("amount", posting.amount).end_object();
        }
        line.end_array();
        write_text(line, "reference", entry.reference);
        write_text(line, "description", entry.description);
        write_tag(line, entry.tag);
        write_moment(line, entry.effective_at);
    }

    void operator()(const VoidKey& /*command*/) const {}
};

void write_pointer(JsonLine& line, std::string_view name, TouchPointer pointer) {
    if (pointer.is_none()) return;
    line.begin_object(name).big("seq", pointer.seq()).small("touch", pointer.touch()).end_object();
}

void write_touch(JsonLine& line, const Touch& touch) {
    line.begin_object().big("account_number", touch.account.value()).big("version", touch.version);
    write_pointer(line, "prev", touch.links.prev);
    write_pointer(line, "jump", touch.links.jump);
    line.amount("posted_debits", touch.after.posted_debits)
        .amount("posted_credits", touch.after.posted_credits)
        .amount("held_debits", touch.after.held_debits)
        .amount("held_credits", touch.after.held_credits)
        .end_object();
}

void write_outcome(JsonLine& line, const schema::RecordView& record) {
    line.text("outcome", name_of(record.verdict()));
    if (record.rejection() != Rejection::none) line.text("code", name_of(record.rejection()));
    if (record.subject() != 0) line.big("subject", record.subject());
    const auto shortfall = record.shortfall();
    if (!shortfall) return;
    line.begin_object("shortfall")
        .big("account_number", shortfall->account.value())
        .small("posting", shortfall->posting)
        .amount("balance", shortfall->balance)
        .amount("bound", shortfall->bound)
        .end_object();
}

}  // namespace

void RecordJson::set_block(const journal::BlockInfo& block) {
    JsonLine line;
    line.begin_object()
        .big("number", block.number)
        .big("first_seq", block.first_seq)
        .small("records", block.record_count)
        .text("book", to_hex(block.book.bytes))
        .text("hash", to_hex(block.hash.bytes))
        .text("previous", to_hex(block.previous.bytes))
        .text("payload_root", to_hex(block.payload_root.bytes))
        .text("history_root", to_hex(block.history_root.bytes))
        .text("stamp", to_string(block.stamp))
        .signed_big("stamp_ns", block.stamp.nanoseconds())
        .end_object();
    block_ = line.str();
}

Result<void> RecordJson::write(const schema::RecordView& record, std::string& out) {
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    line_.clear();
    line_.begin_object().big("seq", record.seq()).json("block", block_);
    line_.small("producer", record.producer().value())
        .text("kind", name_of(record.kind()))
        .text("key", to_hex(record.key().bytes));
    write_outcome(line_, record);
    line_.begin_object("command");
    std::visit(WriteCommand{line_}, *command);
    line_.end_object().begin_array("touches");
    for (std::size_t i = 0; i < record.touch_count(); ++i)
        write_touch(line_, record.touch(i));
    line_.end_array().end_object();
    out += line_.str();
    out.push_back('\n');
    return {};
}

}  // namespace daybook::cli
