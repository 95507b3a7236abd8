#include "schema/message.h"

#include <algorithm>

#include "schema/wire_types.h"

namespace daybook::schema {

namespace {
constexpr std::uint32_t kMagic = 0x4d4b4244;  // "DBKM"
static_assert(sizeof(wire::MessageHeader) == kMessageHeaderBytes);
}  // namespace

void encode_header(const MessageHeader& header, std::span<std::byte, kMessageHeaderBytes> out) {
    store(out, wire::MessageHeader{kMagic, kProtocolVersion, static_cast<std::uint8_t>(header.kind),
                                   header.flags, to_wire(header.book), header.correlation,
                                   header.head.value(), header.count, header.remark_count,
                                   header.touch_count, header.code, 0, header.retry_after_ms,
                                   header.producer.value()});
}

std::expected<MessageHeader, Malformation> decode_header(Bytes message) {
    if (message.size() < kMessageHeaderBytes) return std::unexpected{Malformation::bad_bytes};
    const auto stored = load<wire::MessageHeader>(message);
    if (stored.magic() != kMagic) return std::unexpected{Malformation::bad_bytes};
    if (stored.version() != kProtocolVersion) return std::unexpected{Malformation::unknown_version};
    if (stored.reserved1() != 0) return std::unexpected{Malformation::reserved_not_zero};
    MessageHeader header;
    header.kind = static_cast<MessageKind>(stored.kind());
    header.flags = stored.flags();
    header.book = from_wire(stored.book());
    header.correlation = stored.correlation();
    header.head = Seq{stored.head()};
    header.count = stored.count();
    header.remark_count = stored.remark_count();
    header.touch_count = stored.touch_count();
    header.code = stored.code();
    header.retry_after_ms = stored.retry_after_ms();
    header.producer = ProducerId{stored.producer()};
    return header;
}

MessageHeader answer_header(const MessageHeader& asked, MessageKind kind, const Id128& book) {
    MessageHeader header;
    header.kind = kind;
    header.flags = asked.flags;
    header.book = book;
    header.correlation = asked.correlation;
    return header;
}

void append_frame(std::vector<std::byte>& out, Bytes bytes) {
    const std::size_t start = out.size();
    out.resize(start + sizeof(wire::Frame) + padded_to_8(bytes.size()));
    const auto room = std::span{out}.subspan(start);
    store(room, wire::Frame{static_cast<std::uint32_t>(bytes.size()), 0});
    std::ranges::copy(bytes, room.subspan(sizeof(wire::Frame)).begin());
}

std::expected<Bytes, Malformation> FrameReader::next() {
    if (rest_.size() < sizeof(wire::Frame)) return std::unexpected{Malformation::bad_bytes};
    const auto frame = load<wire::Frame>(rest_);
    const auto after = rest_.subspan(sizeof(wire::Frame));
    if (frame.reserved() != 0) return std::unexpected{Malformation::reserved_not_zero};
    if (frame.bytes() > after.size() || padded_to_8(frame.bytes()) > after.size()) {
        return std::unexpected{Malformation::bad_bytes};
    }
    const auto padding = after.first(padded_to_8(frame.bytes())).subspan(frame.bytes());
    if (std::ranges::any_of(padding, [](std::byte byte) { return byte != std::byte{0}; })) {
        return std::unexpected{Malformation::reserved_not_zero};
    }
    rest_ = after.subspan(padded_to_8(frame.bytes()));
    return after.first(frame.bytes());
}

}  // namespace daybook::schema
