#include "schema/receipts.h"

#include <vector>

#include <catch2/catch.hpp>

#include "schema/command_codec.h"
#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

MessageHeader asked(bool wants_touches) {
    MessageHeader header;
    header.kind = MessageKind::transfers;
    header.flags = wants_touches ? 1 : 0;
    header.correlation = 42;
    return header;
}

std::vector<std::byte> written(const ReceiptsBuilder& builder) {
    std::vector<std::byte> message(builder.message_bytes());
    builder.write(Seq{100}, message);
    return message;
}

std::vector<std::byte> record_of(Seq seq, const Decision& decision) {
    CommandEncoder encoder;
    const auto bytes = encoder.encode(sample_transfer());
    std::vector<std::byte> record(record_bytes(bytes.size(), decision));
    encode_record(record, seq, kLoopbackProducer, CommandKind::transfer, bytes, decision);
    return record;
}

void add_all(ReceiptsBuilder& builder) {
    builder.add_decided(Seq{5}, Stamp{50}, sample_acceptance());
    builder.add_decided(Seq{6}, Stamp{50}, sample_rejection());
    builder.add_malformed(Malformation::amount_zero);
    builder.add_refused(Refusal::idempotency_key_reused);
    builder.add_not_seen(Seq{99});
    builder.add_decided(Seq{7}, Stamp{51}, sample_acceptance());
}

}  // namespace

TEST_CASE("receipts come back in order with their own facts and touches", "[schema][receipts]") {
    ReceiptsBuilder builder;
    builder.begin(asked(true), id_of(0x40));
    add_all(builder);
    const auto message = written(builder);
    const auto header = decode_header(message);
    REQUIRE(header);
    CHECK(header->kind == MessageKind::receipts);
    CHECK(header->book == id_of(0x40));
    CHECK(header->correlation == 42);
    CHECK(header->head == Seq{100});
    const auto receipts = decode_receipts(message);
    REQUIRE(receipts);
    REQUIRE(receipts->size() == 6);
    const Receipt& accepted = receipts->at(0);
    const Receipt& rejected = receipts->at(1);
    const Receipt& malformed = receipts->at(2);
    const Receipt& refused = receipts->at(3);
    const Receipt& not_seen = receipts->at(4);
    const Receipt& last = receipts->at(5);
    CHECK(accepted.verdict == Verdict::accepted);
    CHECK(accepted.code == 0);
    CHECK(accepted.seq == Seq{5});
    CHECK(accepted.stamp == Stamp{50});
    CHECK_FALSE(accepted.is_replay);
    CHECK(accepted.touches == sample_acceptance().touches);
    CHECK(rejected.verdict == Verdict::rejected);
    CHECK(rejected.code == code_of(Rejection::insufficient_funds));
    CHECK(rejected.subject == 3);
    CHECK(rejected.remarks == sample_rejection().remarks);
    CHECK(rejected.touches.empty());
    CHECK(malformed.verdict == Verdict::malformed);
    CHECK(malformed.code == code_of(Malformation::amount_zero));
    CHECK(malformed.seq == Seq{});
    CHECK(refused.verdict == Verdict::refused);
    CHECK(refused.code == code_of(Refusal::idempotency_key_reused));
    CHECK(not_seen.verdict == Verdict::not_seen);
    CHECK(not_seen.seq == Seq{99});
    CHECK(last.seq == Seq{7});
    CHECK(last.touches == sample_acceptance().touches);
}

TEST_CASE("touches are left out unless the message asked for them", "[schema][receipts]") {
    ReceiptsBuilder builder;
    builder.begin(asked(false), id_of(0x40));
    add_all(builder);
    CHECK(builder.message_bytes() == kMessageHeaderBytes + 6 * kReceiptBytes + kRemarkBytes);
    const auto receipts = decode_receipts(written(builder));
    REQUIRE(receipts);
    CHECK(receipts->front().touches.empty());
    CHECK(receipts->at(1).remarks == sample_rejection().remarks);
}

TEST_CASE("a receipt that has its touches has its remarks, however full the answer is",
          "[schema][receipts]") {
    Decision large = sample_acceptance();
    large.remarks.assign(900, Remark{});
    for (auto& remark : large.remarks)
        remark.kind = RemarkKind::taken;
    ReceiptsBuilder builder;
    builder.begin(asked(true), id_of(0x40));
    for (std::uint64_t seq = 1; seq <= 50; ++seq)
        builder.add_decided(Seq{seq}, Stamp{50}, large);
    const auto receipts = decode_receipts(written(builder));
    REQUIRE(receipts);
    CHECK_FALSE(receipts->front().touches.empty());
    CHECK(receipts->back().remarks.empty());
    for (const auto& receipt : *receipts)
        CHECK(receipt.touches.empty() == receipt.remarks.empty());
}

TEST_CASE("a replayed receipt is the first one but for its flag", "[schema][receipts]") {
    const bool wants_touches = GENERATE(true, false);
    for (const auto& decision : {sample_acceptance(), sample_rejection()}) {
        const auto bytes = record_of(Seq{5}, decision);
        const auto record = RecordView::parse(bytes);
        REQUIRE(record);
        ReceiptsBuilder first;
        first.begin(asked(wants_touches), id_of(0x40));
        first.add_decided(Seq{5}, Stamp{50}, decision);
        ReceiptsBuilder outcome;
        outcome.begin(asked(wants_touches), id_of(0x40));
        outcome.add_outcome(*record, Stamp{50});
        CHECK(written(outcome) == written(first));

        ReceiptsBuilder replay;
        replay.begin(asked(wants_touches), id_of(0x40));
        replay.add_replayed(*record, Stamp{50});
        auto expected = written(first);
        constexpr std::size_t kReceiptFlags = kMessageHeaderBytes + 27;
        CHECK(expected[kReceiptFlags] == std::byte{0});
        expected[kReceiptFlags] = std::byte{1};
        CHECK(written(replay) == expected);
        CHECK(decode_receipts(expected)->front().is_replay);
    }
}

TEST_CASE("a builder that begins again has forgotten what it held", "[schema][receipts]") {
    ReceiptsBuilder builder;
    builder.begin(asked(true), id_of(0x40));
    add_all(builder);
    builder.begin(asked(true), id_of(0x40));
    CHECK(builder.message_bytes() == kMessageHeaderBytes);
    const auto receipts = decode_receipts(written(builder));
    REQUIRE(receipts);
    CHECK(receipts->empty());
}

TEST_CASE("receipts cut or lengthened at any place are malformed", "[schema][receipts]") {
    ReceiptsBuilder builder;
    builder.begin(asked(true), id_of(0x40));
    add_all(builder);
    auto message = written(builder);
    for (std::size_t length = 0; length < message.size(); ++length) {
        CHECK_FALSE(decode_receipts(Bytes{message}.first(length)));
    }
    message.resize(message.size() + 1);
    CHECK_FALSE(decode_receipts(message));
}

TEST_CASE("a flipped bit in receipts never crashes their reader", "[schema][receipts]") {
    ReceiptsBuilder builder;
    builder.begin(asked(true), id_of(0x40));
    add_all(builder);
    auto message = written(builder);
    for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
        message[bit / 8] ^= std::byte{1} << (bit % 8);
        const auto receipts = decode_receipts(message);
        if (receipts) CHECK(receipts->size() == 6);
        message[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    CHECK(decode_receipts(message));
}

}  // namespace daybook::schema
