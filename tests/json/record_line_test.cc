// One line for each kind of command and for a rejection, as in tests/golden/records.jsonl. With
// DAYBOOK_UPDATE_GOLDEN set, the file is written instead.
#include "json/record_line.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "schema/command_codec.h"
#include "tests/schema/samples.h"

namespace daybook::json {

namespace {

std::string line_of(const Command& command, const Decision& decision) {
    schema::CommandEncoder encoder;
    const auto bytes = encoder.encode(command);
    std::vector<std::byte> stored(schema::record_bytes(bytes.size(), decision));
    schema::encode_record(stored, Seq{77}, ProducerId{5}, kind_of(command), bytes, decision);
    const auto record = schema::RecordView::parse(stored);
    REQUIRE(record);
    RecordLine json;
    json.set_block({.number = 9,
                    .first_seq = Seq{70},
                    .record_count = 8,
                    .stamp = Stamp{1'772'366'400'000'000'123},
                    .previous = Hash256{{1}},
                    .payload_root = Hash256{{2}},
                    .history_root = Hash256{{3}},
                    .hash = Hash256{{4}}},
                   schema::id_of(0x20));
    std::string line;
    REQUIRE(json.write(*record, line));
    return line;
}

std::string all_lines() {
    Decision made;
    made.subject = 3;
    std::string lines = line_of(schema::sample_transfer(), schema::sample_acceptance());
    lines += line_of(schema::sample_transfer(), schema::sample_rejection());
    for (const auto& command : schema::sample_tables()) {
        const bool is_entry = std::holds_alternative<PostEntry>(command);
        lines += line_of(command, is_entry ? schema::sample_acceptance() : made);
    }
    Decision voided;
    voided.kind = Decision::Kind::rejected;
    voided.rejection = Rejection::voided;
    return lines + line_of(VoidKey{schema::id_of(4)}, voided);
}

}  // namespace

TEST_CASE("each kind of record has its documented line", "[jsonl]") {
    const char* path = DAYBOOK_GOLDEN "/records.jsonl";
    const auto lines = all_lines();
    if (std::getenv("DAYBOOK_UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
        std::ofstream{path, std::ios::binary} << lines;
    }
    std::ifstream file{path, std::ios::binary};
    CHECK(lines == std::string{std::istreambuf_iterator<char>{file}, {}});
}

TEST_CASE("records of one block share its facts", "[jsonl]") {
    const auto line = line_of(VoidKey{schema::id_of(4)}, schema::sample_rejection());
    CHECK(line.find(R"("block":{"number":"9","first_seq":"70","records":8,)") != std::string::npos);
    CHECK(line.find(R"("stamp":"2026-03-01T12:00:00.000000Z","stamp_ns":"1772366400000000123")") !=
          std::string::npos);
}

}  // namespace daybook::json
