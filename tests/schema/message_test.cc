#include "schema/message.h"

#include <array>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

MessageHeader sample_header() {
    MessageHeader header;
    header.kind = MessageKind::receipts;
    header.flags = 1;
    header.book = id_of(0x40);
    header.correlation = 0x1122334455667788;
    header.head = Seq{9};
    header.count = 2;
    header.remark_count = 3;
    header.touch_count = 4;
    header.code = 1002;
    header.retry_after_ms = 250;
    return header;
}

std::vector<std::byte> encoded(const MessageHeader& header) {
    std::vector<std::byte> bytes(kMessageHeaderBytes);
    encode_header(header, std::span{bytes}.first<kMessageHeaderBytes>());
    return bytes;
}

}  // namespace

TEST_CASE("a header comes back as it was", "[schema][message]") {
    const auto sent = sample_header();
    const auto header = decode_header(encoded(sent));
    REQUIRE(header);
    CHECK(header->kind == sent.kind);
    CHECK(header->flags == sent.flags);
    CHECK(header->book == sent.book);
    CHECK(header->correlation == sent.correlation);
    CHECK(header->head == sent.head);
    CHECK(header->count == sent.count);
    CHECK(header->remark_count == sent.remark_count);
    CHECK(header->touch_count == sent.touch_count);
    CHECK(header->code == sent.code);
    CHECK(header->retry_after_ms == sent.retry_after_ms);
    CHECK(header->has(MessageFlag::want_touches));
}

TEST_CASE("an answer carries the correlation and flags of what was asked", "[schema][message]") {
    const auto answer = answer_header(sample_header(), MessageKind::refusal, id_of(0x50));
    CHECK(answer.kind == MessageKind::refusal);
    CHECK(answer.correlation == sample_header().correlation);
    CHECK(answer.flags == sample_header().flags);
    CHECK(answer.book == id_of(0x50));
    CHECK(answer.count == 0);
    CHECK(answer.code == 0);
}

TEST_CASE("what is not a header of this protocol says why", "[schema][message]") {
    const auto good = encoded(sample_header());
    for (std::size_t length = 0; length < kMessageHeaderBytes; ++length) {
        CHECK(decode_header(Bytes{good}.first(length)).error() == Malformation::bad_bytes);
    }
    const auto with_flip_at = [&](std::size_t place) {
        auto bytes = good;
        bytes[place] ^= std::byte{0x80};
        const auto header = decode_header(bytes);
        return header ? Malformation::none : header.error();
    };
    CHECK(with_flip_at(0) == Malformation::bad_bytes);
    CHECK(with_flip_at(3) == Malformation::bad_bytes);
    CHECK(with_flip_at(4) == Malformation::unknown_version);
    CHECK(with_flip_at(5) == Malformation::unknown_version);
    CHECK(with_flip_at(6) == Malformation::none);  // a kind: whoever switches over it decides
    CHECK(with_flip_at(54) == Malformation::reserved_not_zero);
    CHECK(with_flip_at(55) == Malformation::reserved_not_zero);
}

TEST_CASE("frames come back in order and are padded to 8", "[schema][message]") {
    std::vector<std::byte> bytes;
    for (const auto* text : {"", "a", "12345678", "123456789"})
        append_frame(bytes, as_bytes(text));
    CHECK(bytes.size() == 8 + 16 + 16 + 24);
    FrameReader frames{bytes};
    for (const auto* text : {"", "a", "12345678", "123456789"}) {
        const auto frame = frames.next();
        REQUIRE(frame);
        CHECK(copy_of(*frame) == copy_of(as_bytes(text)));
    }
    CHECK(frames.is_at_end());
    CHECK(frames.next().error() == Malformation::bad_bytes);
}

TEST_CASE("a frame cut at any length is malformed", "[schema][message]") {
    std::vector<std::byte> bytes;
    append_frame(bytes, as_bytes("123456789"));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        FrameReader frames{Bytes{bytes}.first(length)};
        CHECK(frames.next().error() == Malformation::bad_bytes);
        CHECK(frames.is_at_end() == (length == 0));
    }
}

TEST_CASE("a frame's length may claim anything without harm", "[schema][message]") {
    std::vector<std::byte> bytes;
    append_frame(bytes, as_bytes("1234"));
    const auto claim = GENERATE(9, 16, 255);
    bytes[0] = static_cast<std::byte>(claim);
    CHECK(FrameReader{bytes}.next().error() == Malformation::bad_bytes);
    for (std::size_t i = 0; i < 4; ++i)
        bytes[i] = std::byte{0xff};
    CHECK(FrameReader{bytes}.next().error() == Malformation::bad_bytes);
}

TEST_CASE("reserved and padding bytes of a frame are zero", "[schema][message]") {
    std::vector<std::byte> bytes;
    append_frame(bytes, as_bytes("1234"));
    const auto place = GENERATE(4U, 7U, 12U, 15U);
    bytes[place] = std::byte{1};
    CHECK(FrameReader{bytes}.next().error() == Malformation::reserved_not_zero);
}

}  // namespace daybook::schema
