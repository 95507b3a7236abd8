// Writes inputs to begin with, for the targets whose inputs are not text: one of each kind, made by
// the encoders. Needed when a format gains something that the corpora do not have.
//
//     fuzz_seeds DIRECTORY
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "backup/manifest.h"
#include "journal/sealer.h"
#include "journal/segment_writer.h"
#include "schema/account_answers.h"
#include "schema/receipts.h"
#include "schema/submission.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/operations.h"
#include "tests/schema/account_samples.h"
#include "tests/schema/entry_samples.h"
#include "tests/schema/samples.h"
#include "tests/schema/statement_samples.h"

namespace daybook::fuzz {

namespace {

constexpr Id128 kBook{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

std::filesystem::path root;
int written = 0;

void write(const char* target, const std::string& front, Bytes bytes) {
    std::filesystem::create_directories(root / target);
    std::ofstream file{root / target / ("seed" + std::to_string(++written)), std::ios::binary};
    file << front << text_of(bytes);
}

std::string byte(unsigned value) {
    return std::string(1, static_cast<char>(value));
}

void write_commands() {
    schema::CommandEncoder encoder;
    schema::SubmissionBuilder message;
    message.begin(schema::MessageKind::commands, kBook, 1);
    for (const auto& command : schema::sample_tables()) {
        write("commands", byte(0), encoder.encode(command));
        static_cast<void>(message.add_command(command));
    }
    write("commands", byte(1), encoder.encode(schema::sample_transfer()));
    write("commands", byte(2), message.message());
    message.begin(schema::MessageKind::transfers, kBook, 1, 1);
    static_cast<void>(message.add_transfer(schema::sample_transfer()));
    static_cast<void>(message.add_transfer(schema::sample_transfer()));
    write("commands", byte(2), message.message());
    message.begin(schema::MessageKind::outcomes, kBook, 1);
    static_cast<void>(message.add_key(schema::id_of(4)));
    write("commands", byte(2), message.message());
    message.begin(schema::MessageKind::resolve, kBook, 1);
    static_cast<void>(message.add_account_code("users:alice"));
    write("commands", byte(2), message.message());
    message.begin(schema::MessageKind::info, kBook, 1);
    write("commands", byte(2), message.message());
    auto queries = schema::sample_account_queries();
    for (const auto& query : schema::sample_entry_queries())
        queries.push_back(query);
    schema::Query plain;
    queries.push_back(plain);
    plain.kind = schema::MessageKind::balances;
    plain.texts = {"a", "users:alice"};
    queries.push_back(plain);
    plain.kind = schema::MessageKind::accounts;
    queries.push_back(plain);
    plain.texts = {"a"};
    plain.kind = schema::MessageKind::statement;
    plain.from = Seq{1};
    plain.to = Seq{9};
    plain.lines_max = 7;
    queries.push_back(plain);
    for (const auto& query : queries)
        write("commands", byte(3), schema::encode_query(query, kBook, 9));
}

std::vector<std::byte> record_of(Seq seq, const Command& command, const Decision& decision) {
    schema::CommandEncoder encoder;
    const auto bytes = encoder.encode(command);
    std::vector<std::byte> record(schema::record_bytes(bytes.size(), decision));
    schema::encode_record(record, seq, kLoopbackProducer, kind_of(command), bytes, decision);
    return record;
}

// A segment of these blocks, and the manifest of a backup that has it alone.
void write_segment(const journal::SealedBlock& genesis, const std::vector<std::string>& stored) {
    const auto path = root / "seed.segment";
    auto writer = journal::SegmentWriter::create(path);
    if (!writer) return;
    for (const auto& block : stored)
        static_cast<void>((*writer)->add(*journal::BlockView::parse(as_bytes(block))));
    const auto info = (*writer)->finish();
    if (!info) return;
    std::ifstream file{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    std::filesystem::remove(path);
    for (const unsigned right : {0U, 31U})
        write("files", byte(4) + byte(right), as_bytes(bytes));
    backup::Manifest manifest;
    manifest.book = kBook;
    manifest.genesis_hash = genesis.info.hash;
    write("files", byte(5), as_bytes(backup::to_text(manifest)));
    manifest.segments.push_back({"000000000001-000000000000.segment", Stamp{9}, {}, *info});
    const auto text = backup::to_text(manifest);
    write("files", byte(5), as_bytes(text));
    write("files", byte(13), as_bytes(text.substr(0, text.rfind(",\n  \"sha256\""))));
}

// One block for each few samples, behind a genesis block.
void write_blocks() {
    journal::BlockSealer sealer{kBook};
    journal::BlockBuilder block{4096};
    block.begin(Seq{1}, Stamp{5});
    const auto genesis = sealer.seal(block);
    std::string chain;
    std::vector<std::string> blocks;
    const auto add = [&](Bytes stored) {
        blocks.emplace_back(text_of(stored));
        const auto size = static_cast<unsigned>(stored.size());
        chain += byte(31) + byte(size & 255) + byte(size >> 8) + std::string{text_of(stored)};
        write("records", byte(1 + 4 + 8), stored);
        write("records", byte(1 + 2), stored);
        write("files", byte(0), as_bytes(chain));
    };
    add(genesis.stored);
    sealer.advance(genesis.info);
    Seq seq{1};
    for (int count = 1; count <= 3; ++count) {
        block.begin(seq, Stamp{5 + count});
        for (int i = 0; i < count; ++i, seq = seq.next()) {
            const auto record =
                record_of(seq, schema::sample_transfer(), schema::sample_acceptance());
            std::ranges::copy(record, block.append(record.size()).begin());
        }
        const auto sealed = sealer.seal(block);
        add(sealed.stored);
        sealer.advance(sealed.info);
    }
    write_segment(genesis, blocks);
}

void write_records() {
    auto commands = schema::sample_tables();
    commands.emplace_back(schema::sample_transfer());
    for (const auto& command : commands) {
        for (const unsigned what : {0U, 2U}) {
            write("records", byte(what), record_of(Seq{9}, command, schema::sample_acceptance()));
            write("records", byte(what), record_of(Seq{9}, command, schema::sample_rejection()));
        }
    }
}

void write_receipts(const schema::MessageHeader& asked) {
    schema::ReceiptsBuilder receipts;
    auto header = asked;
    header.flags = 1;
    receipts.begin(header, kBook);
    receipts.add_decided(Seq{5}, Stamp{50}, schema::sample_acceptance());
    receipts.add_decided(Seq{6}, Stamp{50}, schema::sample_rejection());
    receipts.add_malformed(Malformation::amount_zero);
    receipts.add_refused(Refusal::idempotency_key_reused);
    receipts.add_not_seen(Seq{99});
    std::vector<std::byte> message(receipts.message_bytes());
    receipts.write(Seq{100}, message);
    write("answers", "", message);
}

void write_answers() {
    schema::MessageHeader asked;
    asked.book = kBook;
    write_receipts(asked);
    const auto& standing = schema::kSampleStanding;
    const auto line = schema::sample_account_line();
    const auto runs = schema::sample_runs();
    const std::vector<std::vector<std::byte>> messages{
        schema::encode_refusal(asked, kBook, {1002, 20, "too much"}),
        schema::encode_resolved(asked, kBook, Seq{3},
                                {{AccountNumber{1}, AssetNumber{1}, "USD", 2, {}, {}}, {}}),
        schema::encode_status(asked, {kBook, standing, {}, {}}),
        schema::encode_balances(asked, kBook, {standing, {line.balance, {}}}),
        schema::encode_named(asked, kBook, {standing, {{"a", line.balance}, {}}}),
        schema::encode_range(asked, kBook, standing, runs, 3),
        schema::encode_accounts(asked, kBook, {standing, {{AccountNumber{4}, "users:1"}}}),
        schema::encode_moment(asked, kBook, {standing, Seq{4}, Stamp{3}}),
        schema::encode_not_reached(asked, kBook, Seq{40}, Seq{20}),
        schema::encode_listed(asked, kBook, schema::sample_listed()),
        schema::encode_details(asked, kBook, schema::sample_details()),
        schema::encode_trial(asked, kBook, schema::sample_trial()),
        schema::encode_statement(asked, kBook, schema::sample_statement()),
        schema::encode_entry(asked, kBook, schema::sample_entry_details()),
        schema::encode_reference(asked, kBook, {standing, EntryId{Seq{4}, 1}}),
        schema::encode_facts(asked, kBook, schema::sample_facts())};
    for (const auto& message : messages)
        write("answers", "", message);
}

// Raw messages of the kinds that the sequencer takes; the short steps the fuzzer finds itself.
void write_sequences() {
    schema::SubmissionBuilder message;
    message.begin(schema::MessageKind::commands, kBook, 1);
    for (const auto& command : first_commands())
        static_cast<void>(message.add_command(command));
    const auto bytes = message.message();
    const auto size = static_cast<unsigned>(bytes.size());
    write("sequences", byte(1) + byte(0x40) + byte(size & 255) + byte(size >> 8), bytes);
}

}  // namespace

}  // namespace daybook::fuzz

int main(int count, char** words) {
    if (count != 2) {
        static_cast<void>(std::fputs("usage: fuzz_seeds DIRECTORY\n", stderr));
        return 64;
    }
    daybook::fuzz::root = words[1];
    daybook::fuzz::write_commands();
    daybook::fuzz::write_blocks();
    daybook::fuzz::write_records();
    daybook::fuzz::write_answers();
    daybook::fuzz::write_sequences();
}
