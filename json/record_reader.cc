#include "json/record_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "json/command_reader.h"
#include "json/fields.h"
#include "json/read_line.h"
#include "json/remark_reader.h"
#include "json/required.h"
#include "json/value.h"
#include "ledger/outcome.h"

namespace daybook::json {

namespace {

void read_block(Fields& fields, ReadRecord& record) {
    fields.require("block");
    fields.object("block", [&](Fields& stated) {
        stated.require("stamp");
        record.book = stated.tag("book");
        record.block = {read_big(stated, "number"),        Seq{read_big(stated, "first_seq")},
                        read_small(stated, "records"),     read_stamp(stated, "stamp_ns"),
                        read_hash(stated, "previous"),     read_hash(stated, "payload_root"),
                        read_hash(stated, "history_root"), read_hash(stated, "hash")};
        if (stated.text("stamp") != to_string(record.block.stamp)) {
            stated.wrong("stamp", "is not stamp_ns");
        }
    });
}

std::optional<Rejection> parse_rejection(std::string_view text) {
    for (std::uint16_t code = 1; code <= code_of(kRejectionLast); ++code) {
        const auto rejection = static_cast<Rejection>(code);
        if (text == name_of(rejection)) return rejection;
    }
    return std::nullopt;
}

void read_outcome(Fields& fields, Decision& decision) {
    const std::string outcome = read_text(fields, "outcome");
    const bool is_accepted = outcome == name_of(Verdict::accepted);
    if (!is_accepted && outcome != name_of(Verdict::rejected)) {
        fields.wrong("outcome", "is neither accepted nor rejected");
    }
    decision.kind = is_accepted ? Decision::Kind::accepted : Decision::Kind::rejected;
    decision.rejection = fields.named("code", &parse_rejection, Rejection::none);
    if (is_accepted != (decision.rejection == Rejection::none)) {
        fields.wrong("code", "is there if, and only if, the outcome is rejected");
    }
    decision.subject = fields.big("subject");
}

TouchPointer read_pointer(Fields& fields, std::string_view name) {
    TouchPointer pointer;
    fields.object(name, [&](Fields& stated) {
        stated.require("touch");
        pointer = {Seq{read_big(stated, "seq")},
                   static_cast<std::uint16_t>(stated.small("touch").value_or(0))};
    });
    return pointer;
}

Touch read_touch(Fields& fields) {
    Touch touch;
    touch.account = AccountNumber{read_big(fields, "account_number")};
    touch.version = read_big(fields, "version");
    touch.links = {read_pointer(fields, "prev"), read_pointer(fields, "jump")};
    touch.after = {read_amount(fields, "posted_debits"), read_amount(fields, "posted_credits"),
                   read_amount(fields, "held_debits"), read_amount(fields, "held_credits")};
    return touch;
}

// Of an expiry too, which no producer may state.
Command read_stated(Fields& fields, CommandKind kind) {
    if (kind != CommandKind::expire_hold) return read_command(fields, kind);
    fields.require("hold");
    return ExpireHold{fields.id("hold")};
}

// A record may have none of them, and says so by an empty list.
void read_list(const Value& object, Fields& fields, std::string_view name,
               const Fields::Read& read) {
    fields.require(name);
    const auto* list = object.find(name);
    const bool is_empty = list != nullptr && list->kind == Value::Kind::list && list->items.empty();
    if (is_empty) {
        fields.ignore(name);
    } else {
        fields.each(name, kItemsMax, read);
    }
}

ReadRecord read_fields(const Value& object, Fields& fields) {
    ReadRecord record;
    record.seq = Seq{read_big(fields, "seq")};
    read_block(fields, record);
    record.producer = ProducerId{read_small(fields, "producer")};
    fields.require("kind");
    const auto kind = fields.named("kind", &parse_command_kind, CommandKind::void_key);
    fields.require("command");
    fields.object("command", [&](Fields& stated) { record.command = read_stated(stated, kind); });
    const Id128 key = fields.tag("key");
    std::visit(
        [&](auto& stated) {
            if constexpr (requires { stated.key; }) stated.key = key;
        },
        record.command);
    read_outcome(fields, record.decision);
    Decision& decision = record.decision;
    read_list(object, fields, "remarks",
              [&](Fields& stated) { decision.remarks.push_back(read_remark(stated)); });
    read_list(object, fields, "touches",
              [&](Fields& stated) { decision.touches.push_back(read_touch(stated)); });
    return record;
}

}  // namespace

Result<ReadRecord> read_record(std::string_view line) {
    return read_line(line, &read_fields);
}

}  // namespace daybook::json
