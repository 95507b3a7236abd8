#include "schema/submission.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

const Id128 kBook = id_of(0x40);

std::vector<std::byte> transfers(std::size_t count) {
    SubmissionBuilder builder;
    builder.begin(MessageKind::transfers, kBook, 1);
    for (std::size_t i = 0; i < count; ++i)
        REQUIRE(builder.add_transfer(sample_transfer()));
    return copy_of(builder.message());
}

std::vector<std::byte> commands() {
    SubmissionBuilder builder;
    builder.begin(MessageKind::commands, kBook, 1);
    for (const auto& command : sample_tables())
        REQUIRE(builder.add_command(command));
    return copy_of(builder.message());
}

void set_count(std::vector<std::byte>& message, std::uint32_t count) {
    auto header = *decode_header(message);
    header.count = count;
    encode_header(header, std::span{message}.first<kMessageHeaderBytes>());
}

Malformation error_of(Bytes message) {
    const auto view = SubmissionView::parse(message, kBook);
    return view ? Malformation::none : view.error();
}

}  // namespace

TEST_CASE("transfers come back in the order they were added", "[schema][submission]") {
    SubmissionBuilder builder;
    builder.begin(MessageKind::transfers, kBook, 7, 1);
    Transfer transfer = sample_transfer();
    for (std::uint64_t i = 1; i <= 3; ++i) {
        transfer.amount = Amount{0, i};
        CHECK(builder.add_transfer(transfer));
    }
    const auto view = SubmissionView::parse(builder.message(), kBook);
    REQUIRE(view);
    CHECK(view->header().correlation == 7);
    CHECK(view->header().has(MessageFlag::want_touches));
    REQUIRE(view->count() == 3);
    for (std::uint64_t i = 1; i <= 3; ++i) {
        CHECK(decode_transfer(view->transfer(i - 1), transfer) == Malformation::none);
        CHECK(transfer.amount == Amount{0, i});
    }
}

TEST_CASE("commands keys and codes come back in the order they were added",
          "[schema][submission]") {
    const auto message = commands();
    const auto view = SubmissionView::parse(message, kBook);
    REQUIRE(view);
    auto frames = view->frames();
    for (const auto& command : sample_tables()) {
        const auto decoded = decode_table_command(*frames.next());
        REQUIRE(decoded);
        CHECK(*decoded == command);
    }
    CHECK(frames.is_at_end());

    SubmissionBuilder builder;
    builder.begin(MessageKind::outcomes, kBook, 1);
    CHECK(builder.add_key(id_of(1)));
    CHECK(builder.add_key(id_of(2)));
    const auto outcomes = SubmissionView::parse(builder.message(), kBook);
    REQUIRE(outcomes);
    CHECK(outcomes->key(0) == id_of(1));
    CHECK(outcomes->key(1) == id_of(2));

    builder.begin(MessageKind::resolve, kBook, 1);
    CHECK(builder.add_account_code("users:alice"));
    const auto resolve = SubmissionView::parse(builder.message(), kBook);
    REQUIRE(resolve);
    CHECK(copy_of(*resolve->frames().next()) == copy_of(as_bytes("users:alice")));
}

TEST_CASE("a message holds 8190 transfers and not one more", "[schema][submission]") {
    auto message = transfers(kCommandsMax);
    CHECK(message.size() <= kMessageBytesMax);
    CHECK(error_of(message) == Malformation::none);
    SubmissionBuilder builder;
    builder.begin(MessageKind::transfers, kBook, 1);
    for (std::size_t i = 0; i < kCommandsMax; ++i)
        builder.add_transfer(sample_transfer());
    CHECK_FALSE(builder.add_transfer(sample_transfer()));
    CHECK(builder.count() == kCommandsMax);
    CHECK(copy_of(builder.message()) == message);

    message.resize(message.size() + kTransferBytes);
    set_count(message, kCommandsMax + 1);
    CHECK(error_of(message) == Malformation::too_many_commands);
    set_count(message, ~std::uint32_t{0});
    CHECK(error_of(message) == Malformation::too_many_commands);
}

TEST_CASE("a message of tables stops at its size", "[schema][submission]") {
    PostEntry entry = sample_entry();
    entry.postings.resize(255, {{AccountNumber{1}, {}}, Side::debit, Amount{0, 1}});
    SubmissionBuilder builder;
    builder.begin(MessageKind::commands, kBook, 1);
    while (builder.add_command(entry)) {
    }
    CHECK(builder.count() > 100);
    CHECK(builder.message().size() <= kMessageBytesMax);
    CHECK(error_of(builder.message()) == Malformation::none);
}

TEST_CASE("commands encoded before are the same message, within the same caps",
          "[schema][submission]") {
    std::vector<std::byte> frames;
    CommandEncoder encoder;
    const auto tables = sample_tables();
    for (const auto& command : tables)
        append_frame(frames, encoder.encode(command));
    SubmissionBuilder builder;
    builder.begin(MessageKind::commands, kBook, 1);
    REQUIRE(builder.add_encoded(frames, tables.size()));
    CHECK(copy_of(builder.message()) == commands());
    const auto once = copy_of(builder.message());
    CHECK_FALSE(builder.add_encoded(frames, kCommandsMax));
    CHECK_FALSE(builder.add_encoded(std::vector<std::byte>(kMessageBytesMax), 1));
    CHECK(copy_of(builder.message()) == once);
}

TEST_CASE("a command over 16 KiB is not added", "[schema][submission]") {
    PostEntry entry = sample_entry();
    entry.particulars.description.assign(kCommandBytesMax, 'd');
    SubmissionBuilder builder;
    builder.begin(MessageKind::commands, kBook, 1);
    CHECK_FALSE(builder.add_command(entry));
    CHECK(builder.count() == 0);
    CHECK(builder.message().size() == kMessageHeaderBytes);
}

TEST_CASE("a message over its size is not looked at", "[schema][submission]") {
    std::vector<std::byte> message = transfers(1);
    message.resize(kMessageBytesMax);
    CHECK(error_of(message) == Malformation::bad_bytes);
    message.resize(kMessageBytesMax + 1);
    CHECK(error_of(message) == Malformation::too_large);
}

TEST_CASE("only info may name another book", "[schema][submission]") {
    const Id128 other = id_of(0x41);
    CHECK(SubmissionView::parse(transfers(1), other).error() == Malformation::other_book);
    CHECK(SubmissionView::parse(commands(), other).error() == Malformation::other_book);
    SubmissionBuilder builder;
    builder.begin(MessageKind::info, {}, 1);
    CHECK(SubmissionView::parse(builder.message(), kBook));
}

TEST_CASE("another protocol version is told so whatever follows", "[schema][submission]") {
    auto message = transfers(1);
    message[4] = std::byte{1};
    message.resize(kMessageHeaderBytes + 3);
    CHECK(SubmissionView::parse(message, id_of(0x41)).error() == Malformation::unknown_version);
}

TEST_CASE("a flag that is not known is not passed over", "[schema][submission]") {
    auto message = transfers(1);
    constexpr std::size_t kFlags = 7;
    for (const int flags : {4, 8, 0x80, 0xff}) {
        message[kFlags] = static_cast<std::byte>(flags);
        CHECK(error_of(message) == Malformation::reserved_not_zero);
    }
    message[kFlags] = std::byte{3};
    CHECK(SubmissionView::parse(message, kBook));
}

TEST_CASE("answers and unknown kinds are not submissions", "[schema][submission]") {
    auto message = transfers(1);
    for (const int kind : {0, 6, 65, 66, 67, 68, 97, 255}) {
        message[6] = static_cast<std::byte>(kind);
        CHECK(error_of(message) == Malformation::unknown_kind);
    }
}

TEST_CASE("a submission cut at any length is malformed", "[schema][submission]") {
    for (const auto& message : {transfers(2), commands()}) {
        for (std::size_t length = 0; length < message.size(); ++length) {
            if (error_of(Bytes{message}.first(length)) != Malformation::bad_bytes) {
                FAIL("length " << length);
            }
        }
    }
}

TEST_CASE("a submission whose count is not its content is malformed", "[schema][submission]") {
    for (auto message : {transfers(2), commands()}) {
        const auto count = decode_header(message)->count;
        for (const auto claim : {0U, 1U, count - 1, count + 1, 8190U}) {
            set_count(message, claim);
            CHECK(error_of(message) == Malformation::bad_bytes);
        }
    }
    SubmissionBuilder builder;
    builder.begin(MessageKind::info, kBook, 1);
    auto info = copy_of(builder.message());
    set_count(info, 1);
    CHECK(error_of(info) == Malformation::bad_bytes);
}

TEST_CASE("a flipped bit in a submission never crashes its reader", "[schema][submission]") {
    auto message = commands();
    for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
        message[bit / 8] ^= std::byte{1} << (bit % 8);
        if (const auto view = SubmissionView::parse(message, kBook)) {
            auto frames = view->frames();
            while (!frames.is_at_end()) {
                const auto frame = frames.next();
                if (!frame) break;
                const auto command = decode_table_command(*frame);
                const bool is_own = command && std::holds_alternative<ExpireHold>(*command);
                if (command && !is_own && key_of(*command).is_none()) FAIL("bit " << bit);
            }
        }
        message[bit / 8] ^= std::byte{1} << (bit % 8);
    }
}

}  // namespace daybook::schema
