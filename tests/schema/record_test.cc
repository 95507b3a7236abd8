#include "schema/record.h"

#include <vector>

#include <catch2/catch.hpp>

#include "schema/command_codec.h"
#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

std::vector<std::byte> record_of(const Command& command, const Decision& decision) {
    CommandEncoder encoder;
    const auto bytes = encoder.encode(command);
    std::vector<std::byte> record(record_bytes(bytes.size(), decision));
    encode_record(record, Seq{77}, ProducerId{5}, kind_of(command), bytes, decision);
    return record;
}

std::vector<Command> all_samples() {
    auto commands = sample_tables();
    commands.emplace_back(sample_transfer());
    return commands;
}

}  // namespace

TEST_CASE("an accepted record comes back with its command and touches", "[schema][record]") {
    const Decision decision = sample_acceptance();
    for (const auto& command : all_samples()) {
        const auto bytes = record_of(command, decision);
        CHECK(bytes.size() % 8 == 0);
        const auto record = RecordView::parse(bytes);
        REQUIRE(record);
        CHECK(record->seq() == Seq{77});
        CHECK(record->producer() == ProducerId{5});
        CHECK(record->kind() == kind_of(command));
        CHECK(record->key() == key_of(command));
        CHECK(record->verdict() == Verdict::accepted);
        CHECK(record->rejection() == Rejection::none);
        CHECK(record->subject() == 0);
        CHECK(record->remarks().empty());
        REQUIRE(record->touch_count() == 2);
        CHECK(record->touch(0) == decision.touches[0]);
        CHECK(record->touch(1) == decision.touches[1]);
        const auto stated = record->command();
        REQUIRE(stated);
        CHECK(*stated == command);
    }
}

TEST_CASE("a rejected record comes back with its reason", "[schema][record]") {
    const Decision decision = sample_rejection();
    const auto bytes = record_of(sample_transfer(), decision);
    CHECK(bytes.size() == kRecordHeaderBytes + kTransferBytes + kRemarkBytes);
    const auto record = RecordView::parse(bytes);
    REQUIRE(record);
    CHECK(record->verdict() == Verdict::rejected);
    CHECK(record->rejection() == Rejection::insufficient_funds);
    CHECK(record->subject() == 3);
    CHECK(record->touch_count() == 0);
    CHECK(record->remarks() == decision.remarks);
}

TEST_CASE("a record cut or lengthened at any place is damaged", "[schema][record]") {
    auto bytes = record_of(sample_entry(), sample_acceptance());
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const auto record = RecordView::parse(Bytes{bytes}.first(length));
        REQUIRE_FALSE(record);
        CHECK(record.error().code == ErrorCode::damaged);
    }
    bytes.resize(bytes.size() + 8);
    CHECK_FALSE(RecordView::parse(bytes));
}

TEST_CASE("a record whose enumerators are not known is damaged", "[schema][record]") {
    constexpr std::size_t kKind = 24;
    constexpr std::size_t kVerdict = 25;
    constexpr std::size_t kCode = 26;
    const auto with = [](const Decision& decision, std::size_t place, int value) {
        auto bytes = record_of(sample_asset(), decision);
        bytes[place] = static_cast<std::byte>(value);
        return RecordView::parse(bytes).has_value();
    };
    const Decision accepted = sample_acceptance();
    const Decision rejected = sample_rejection();
    CHECK(with(accepted, kKind, 2));
    for (const int kind : {0, 1, 3, 14, 255})
        CHECK_FALSE(with(accepted, kKind, kind));
    for (const int verdict : {0, 2, 3, 5, 255})
        CHECK_FALSE(with(accepted, kVerdict, verdict));
    CHECK_FALSE(with(accepted, kCode, 1));
    CHECK(with(rejected, kCode, code_of(kRejectionLast)));
    for (const int code : {0, code_of(kRejectionLast) + 1, 255})
        CHECK_FALSE(with(rejected, kCode, code));
}

TEST_CASE("a record whose Seq has more than 48 bits is damaged", "[schema][record]") {
    auto bytes = record_of(sample_asset(), sample_acceptance());
    bytes[6] = std::byte{1};
    CHECK_FALSE(RecordView::parse(bytes));
}

TEST_CASE("a record is read at any alignment", "[schema][record]") {
    const auto bytes = record_of(sample_entry(), sample_acceptance());
    for (std::size_t offset = 0; offset < 8; ++offset) {
        std::vector<std::byte> room(offset);
        room.insert(room.end(), bytes.begin(), bytes.end());
        const auto record = RecordView::parse(Bytes{room}.subspan(offset));
        REQUIRE(record);
        CHECK(record->touch(1) == sample_acceptance().touches[1]);
    }
}

}  // namespace daybook::schema
