#include "schema/answer_front.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "ledger/form.h"
#include "schema/receipts.h"

namespace daybook::schema {

static_assert(sizeof(wire::Standing) == 32);
static_assert(sizeof(wire::AccountBalance) == 120);

std::vector<std::byte> begin_answer(const MessageHeader& asked, MessageKind kind, const Id128& book,
                                    const Standing& standing, std::size_t count) {
    MessageHeader header = answer_header(asked, kind, book);
    header.head = standing.head;
    header.count = static_cast<std::uint32_t>(count);
    std::vector<std::byte> message(kAnswerStart);
    encode_header(header, std::span{message}.first<kMessageHeaderBytes>());
    store(std::span{message}.subspan(kMessageHeaderBytes),
          wire::Standing{standing.head.value(), standing.head_stamp.nanoseconds(),
                         standing.watermark.value(), standing.watermark_stamp.nanoseconds()});
    return message;
}

std::expected<Answer, Malformation> begin_decoding(Bytes message, MessageKind kind) {
    const auto header = decode_header(message);
    if (!header) return std::unexpected{header.error()};
    if (header->kind != kind) return std::unexpected{Malformation::unknown_kind};
    if (message.size() < kAnswerStart) return std::unexpected{Malformation::bad_bytes};
    const auto stored = load<wire::Standing>(message.subspan(kMessageHeaderBytes));
    const Standing standing{Seq{stored.head()}, Stamp{stored.head_stamp()}, Seq{stored.watermark()},
                            Stamp{stored.watermark_stamp()}};
    if (standing.watermark > standing.head || standing.head != header->head) {
        return std::unexpected{Malformation::bad_bytes};
    }
    return Answer{*header, standing, message.subspan(kAnswerStart)};
}

wire::AccountBalance to_wire(const AccountBalance& line) {
    if (line.number.is_none()) return {};
    Id128 asset_code;
    CHECK_INVARIANT(line.asset_code.size() <= asset_code.bytes.size(), "asset codes fit 16 bytes");
    std::ranges::copy(line.asset_code, asset_code.bytes.begin());
    return {line.number.value(),
            line.version,
            line.last.bits(),
            line.asset.value(),
            static_cast<std::uint8_t>(line.scale),
            static_cast<std::uint8_t>(line.type),
            static_cast<std::uint8_t>(line.state),
            0,
            schema::to_wire(asset_code),
            schema::to_wire(line.totals.posted_debits),
            schema::to_wire(line.totals.posted_credits),
            schema::to_wire(line.totals.held_debits),
            schema::to_wire(line.totals.held_credits),
            line.opened.value()};
}

std::expected<AccountBalance, Malformation> read_balance(const wire::AccountBalance& stored) {
    AccountBalance line;
    const Id128 code = schema::from_wire(stored.asset_code());
    line.number = AccountNumber{stored.number()};
    line.asset = AssetNumber{stored.asset()};
    line.asset_code = {code.bytes.begin(), std::ranges::find(code.bytes, std::uint8_t{0})};
    line.scale = stored.scale();
    line.type = static_cast<AccountType>(stored.type());
    line.state = static_cast<AccountState>(stored.state());
    line.totals = {amount_from(stored.posted_debits()), amount_from(stored.posted_credits()),
                   amount_from(stored.held_debits()), amount_from(stored.held_credits())};
    line.version = stored.version();
    line.last = TouchPointer{stored.last()};
    line.opened = Seq{stored.opened()};
    const bool is_known = line.type >= AccountType::asset && line.type <= AccountType::expense &&
                          line.state >= AccountState::open && line.state <= AccountState::closed &&
                          line.scale <= kAssetScaleMax;
    if (!is_known && !line.number.is_none()) return std::unexpected{Malformation::bad_bytes};
    const auto written = to_wire(line);
    if (std::memcmp(&written, &stored, sizeof stored) != 0) {
        return std::unexpected{Malformation::bad_bytes};
    }
    // Of an account that does not exist all is zero there, and none of it an answer.
    return line.number.is_none() ? AccountBalance{} : line;
}

}  // namespace daybook::schema
