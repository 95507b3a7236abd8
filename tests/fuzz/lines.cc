// Lines of JSON and CSV that come back to us: commands to submit, records of an export, rows of an
// export. The first byte says which.
#include <string>
#include <vector>

#include "export/block_rebuilder.h"
#include "export/csv_row.h"
#include "json/command_reader.h"
#include "json/command_writer.h"
#include "json/line.h"
#include "json/record_reader.h"
#include "json/value.h"
#include "ledger/form.h"
#include "tests/fuzz/harness.h"

namespace daybook::fuzz {

const std::chrono::milliseconds kTimeLimit{5};

namespace {

// What is read is well-formed, and reads back the same from the line we would write.
void check_command(std::string_view text) {
    const auto command = json::read_command(text);
    if (!command) return;
    must(check_form(*command) == Malformation::none, "a command that is read is well-formed");
    json::Line line;
    line.begin_object()
        .text("key", to_hex(key_of(*command).bytes))
        .text("kind", name_of(kind_of(*command)));
    json::write_fields(line, *command);
    line.end_object();
    const auto again = json::read_command(line.str());
    if (!again) broken(again.error().detail.c_str());
    must(*again == *command, "a command reads back as it is");
}

void check_records(std::string_view text) {
    exports::BlockRebuilder rebuilder;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto record = json::read_record(text.substr(0, end));
        if (!record || !rebuilder.add(*record) || end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

void check_value(std::string_view text) {
    const auto value = json::parse(text);
    if (!value || value->kind != json::Value::Kind::text) return;
    json::Line line;
    line.begin_array().text(value->text).end_array();
    const auto again = json::parse(line.str());
    must(again && again->items.size() == 1 && again->items[0].text == value->text,
         "a text reads back as it is");
}

void check_row(std::string_view text) {
    std::vector<std::string> cells;
    if (exports::split_row(text, cells)) must(!cells.empty(), "a row has a cell");
}

}  // namespace

void test_one(Bytes input) {
    Input parts{input};
    const auto what = parts.number();
    const auto text = text_of(parts.rest());
    switch (what & 3) {
        case 0:
            return check_command(text);
        case 1:
            return check_records(text);
        case 2:
            return check_value(text);
        default:
            return check_row(text);
    }
}

}  // namespace daybook::fuzz
