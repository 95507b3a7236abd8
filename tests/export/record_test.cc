#include "schema/record.h"

#include <string>

#include <catch2/catch.hpp>

#include "export/block_rebuilder.h"
#include "journal/sealer.h"
#include "json/record_line.h"
#include "json/record_reader.h"
#include "schema/command_codec.h"

using namespace daybook;
using namespace daybook::exports;

namespace {

constexpr Id128 kBook{{1, 2, 3}};
constexpr Stamp kStamp{1'772'366'400'000'000'000};

Transfer transfer(std::uint8_t key) {
    return {Id128{{key}}, AccountNumber{1}, AccountNumber{2}, Amount{0, 5}, {}, {}};
}

Decision touched(std::uint64_t version) {
    Decision decision;
    const Amount total{0, 5 * version};
    const TouchPointer before = version == 1 ? TouchPointer{} : TouchPointer{Seq{version - 1}, 0};
    decision.touches = {{AccountNumber{1}, version, {before, {}}, {total, {}, {}, {}}},
                        {AccountNumber{2}, version, {}, {{}, total, {}, {}}}};
    return decision;
}

// The lines of a block of three records, as a journal that begins with them has it.
std::vector<std::string> lines_of_block(std::vector<std::string>* bytes = nullptr) {
    journal::BlockBuilder genesis{0};
    genesis.begin(Seq{1}, kStamp);
    journal::BlockSealer sealer{kBook};
    sealer.advance(sealer.seal(genesis).info);
    journal::BlockBuilder builder{4096};
    builder.begin(Seq{1}, kStamp);
    schema::CommandEncoder encoder;
    Decision rejected;
    rejected.kind = Decision::Kind::rejected;
    rejected.rejection = Rejection::insufficient_funds;
    rejected.remarks = {{.kind = RemarkKind::shortfall,
                         .index = 1,
                         .subject = 2,
                         .x = SignedAmount{Int128{-3}},
                         .y = SignedAmount{Int128{0}}}};
    for (const auto& [key, decision] :
         {std::pair{std::uint8_t{1}, touched(1)}, std::pair{std::uint8_t{2}, rejected},
          std::pair{std::uint8_t{3}, touched(2)}}) {
        const Command command = transfer(key);
        const auto encoded = encoder.encode(command);
        schema::encode_record(builder.append(schema::record_bytes(encoded.size(), decision)),
                              Seq{key}, kLoopbackProducer, CommandKind::transfer, encoded,
                              decision);
    }
    const auto info = sealer.seal(builder).info;
    json::RecordLine writer;
    writer.set_block({info.number, info.first_seq, info.record_count, info.stamp, info.previous,
                      info.payload_root, info.history_root, info.hash},
                     kBook);
    std::vector<std::string> lines;
    for (std::uint64_t seq = 1; seq <= 3; ++seq) {
        const Bytes stored = builder.record(Seq{seq});
        if (bytes != nullptr) {
            bytes->emplace_back(reinterpret_cast<const char*>(stored.data()), stored.size());
        }
        const auto record = schema::RecordView::parse(stored);
        REQUIRE(record);
        REQUIRE(writer.write(*record, lines.emplace_back()));
    }
    return lines;
}

// Why the lines are not a block; empty when they are.
std::string why_not(const std::vector<std::string>& lines) {
    BlockRebuilder blocks;
    for (const auto& line : lines) {
        const auto record = json::read_record(line);
        if (!record) return record.error().detail;
        if (const auto added = blocks.add(*record); !added) return added.error().detail;
    }
    return blocks.has_block() ? "" : "it is not whole";
}

std::vector<std::string> edited(const std::string& was, const std::string& becomes) {
    auto lines = lines_of_block();
    for (auto& line : lines) {
        const auto at = line.find(was);
        if (at == std::string::npos) continue;
        line.replace(at, was.size(), becomes);
        return lines;
    }
    FAIL("no line has " << was);
    return lines;
}

}  // namespace

TEST_CASE("records and their block come back from their lines to the byte", "[export][I18]") {
    std::vector<std::string> stored;
    const auto lines = lines_of_block(&stored);
    BlockRebuilder blocks;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto record = json::read_record(lines[i]);
        REQUIRE(record);
        REQUIRE(blocks.add(*record));
        const Bytes bytes = blocks.bytes();
        CHECK(std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()} == stored[i]);
        CHECK(blocks.has_block() == (i == 2));
    }
}

TEST_CASE("whatever is edited in a line is found by the block's hash or before", "[export]") {
    CHECK(why_not(lines_of_block()).empty());
    for (const auto& [was, becomes] : std::vector<std::pair<std::string, std::string>>{
             {R"("amount":"5")", R"("amount":"6")"},
             {R"("posted_debits":"5")", R"("posted_debits":"6")"},
             {R"("posted_debits":"10")", R"("posted_debits":"11")"},
             {R"("balance":"-3")", R"("balance":"-2")"},
             {R"("posting":1)", R"("posting":0)"},
             {R"("code":"insufficient_funds")", R"("code":"limit_exceeded")"},
             {R"("producer":1)", R"("producer":2)"},
             {R"("key":"03)", R"("key":"04)"},
             {R"("prev":{"seq":"1","touch":0})", R"("prev":{"seq":"1","touch":1})"},
             {R"("version":"2")", R"("version":"3")"},
             {R"("outcome":"accepted")", R"("outcome":"rejected")"},
             {R"("records":3)", R"("records":4)"},
             {R"("first_seq":"1")", R"("first_seq":"2")"},
             {R"("stamp_ns":"1772366400000000000")", R"("stamp_ns":"1772366400000000001")"},
             {R"("payload_root":")", R"("payload_root":"x)"},
             {R"("kind":"transfer")", R"("kind":"void_key")"},
             {R"("seq":"2")", R"("seq":"3")"},
             {R"("remarks":[])", R"("remarks":[{"kind":"failed"}])"},
             {R"("touches":[])", R"("more":[],"touches":[])"}}) {
        INFO(was << " becomes " << becomes);
        CHECK_FALSE(why_not(edited(was, becomes)).empty());
    }
}

TEST_CASE("records of which not the whole block is there are told", "[export][I18]") {
    const auto lines = lines_of_block();
    const auto not_covered = [&](std::size_t first, std::size_t end) {
        BlockRebuilder blocks;
        for (std::size_t i = first; i < end; ++i) {
            const auto record = json::read_record(lines[i]);
            REQUIRE(record);
            REQUIRE(blocks.add(*record));
        }
        return blocks.not_covered();
    };
    CHECK(not_covered(0, 3).empty());
    CHECK(not_covered(0, 2) == std::vector{SeqRange{Seq{1}, Seq{2}}});
    CHECK(not_covered(1, 3) == std::vector{SeqRange{Seq{2}, Seq{3}}});
    CHECK(not_covered(1, 2) == std::vector{SeqRange{Seq{2}, Seq{2}}});
    CHECK(BlockRebuilder{}.not_covered().empty());
}

TEST_CASE("a line that is missing, doubled or in another's place is found", "[export]") {
    const auto lines = lines_of_block();
    CHECK_FALSE(why_not({lines[0], lines[2]}).empty());
    CHECK_FALSE(why_not({lines[0], lines[0], lines[1], lines[2]}).empty());
    CHECK_FALSE(why_not({lines[0], lines[2], lines[1]}).empty());
    CHECK_FALSE(why_not({lines[0], lines[1]}).empty());
    CHECK_FALSE(why_not({}).empty());
}
