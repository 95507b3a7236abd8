// Messages to the sequencer and to the query endpoint, and the commands in them. The first byte
// says what the rest is.
#include <array>

#include "ledger/form.h"
#include "schema/command_codec.h"
#include "schema/query.h"
#include "schema/submission.h"
#include "tests/fuzz/harness.h"

namespace daybook::fuzz {

const std::chrono::milliseconds kTimeLimit{5};

namespace {

constexpr Id128 kBook{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

schema::CommandEncoder& encoder() {
    static schema::CommandEncoder kept;
    return kept;
}

// What is accepted is well-formed, and its canonical bytes say the same and encode to themselves.
void check_table(Bytes bytes) {
    const auto command = schema::decode_table_command(bytes);
    if (!command) return;
    must(check_form(*command) == Malformation::none, "an accepted command is well-formed");
    const Exact canonical{encoder().encode(*command)};
    if (!encoder().fits()) return;
    const auto again = schema::decode_table_command(canonical.bytes());
    must(again && *again == *command, "decode(encode(command)) is the command");
    must(std::ranges::equal(encoder().encode(*again), canonical.bytes()),
         "one command has one encoding");
    const auto peek = schema::peek_command(kind_of(*command), canonical.bytes());
    must(peek && peek->key == key_of(*command), "a peek sees the key");
    const auto* particulars = particulars_of(*command);
    must(peek->has_unique_reference == (particulars != nullptr && particulars->is_reference_unique),
         "a peek sees whether a reference is unique");
}

void check_transfer(std::span<const std::byte, schema::kTransferBytes> bytes) {
    Transfer transfer;
    if (schema::decode_transfer(bytes, transfer) != Malformation::none) return;
    must(check_form(transfer) == Malformation::none, "an accepted transfer is well-formed");
    std::array<std::byte, schema::kTransferBytes> again{};
    schema::encode_transfer(transfer, again);
    must(std::ranges::equal(again, bytes), "a transfer has one encoding");
    must(schema::peek_transfer(bytes).key == transfer.key, "a peek sees the key");
}

void check_message(Bytes bytes) {
    const auto message = schema::SubmissionView::parse(bytes, kBook);
    if (!message) return;
    std::array<std::byte, schema::kMessageHeaderBytes> header{};
    schema::encode_header(message->header(), header);
    must(std::ranges::equal(header, bytes.first(header.size())), "a header has one encoding");
    const auto kind = message->header().kind;
    if (kind == schema::MessageKind::transfers) {
        for (std::size_t i = 0; i < message->count(); ++i)
            check_transfer(message->transfer(i));
        return;
    }
    if (kind == schema::MessageKind::outcomes) {
        for (std::size_t i = 0; i < message->count(); ++i)
            static_cast<void>(message->key(i));
        return;
    }
    std::size_t count = 0;
    for (auto frames = message->frames(); !frames.is_at_end(); ++count) {
        const auto frame = frames.next();
        must(frame.has_value(), "the frames of a message are whole");
        if (kind == schema::MessageKind::commands) check_table(*frame);
    }
    must(count == message->count(), "there are as many frames as the header says");
}

void check_query(Bytes bytes) {
    const auto asked = schema::decode_query(bytes, kBook);
    if (!asked) return;
    const auto again = schema::decode_query(
        schema::encode_query(asked->query, asked->header.book, asked->header.correlation), kBook);
    must(again && again->query == asked->query, "decode(encode(query)) is the query");
}

}  // namespace

void test_one(Bytes input) {
    Input parts{input};
    const auto what = parts.number();
    const Bytes bytes = parts.rest();
    switch (what & 3) {
        case 0:
            return check_table(bytes);
        case 1:
            if (bytes.size() < schema::kTransferBytes) return;
            return check_transfer(bytes.first<schema::kTransferBytes>());
        case 2:
            return check_message(bytes);
        default:
            return check_query(bytes);
    }
}

}  // namespace daybook::fuzz
