#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/check.h"
#include "ledger/form.h"
#include "schema/receipts.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::ResolvedAccount) == 32);

wire::ResolvedAccount to_wire(const ResolvedAccount& account) {
    if (account.number.is_none()) return {};
    Id128 asset_code;
    CHECK_INVARIANT(account.asset_code.size() <= asset_code.bytes.size(),
                    "asset codes fit 16 bytes");
    std::ranges::copy(account.asset_code, asset_code.bytes.begin());
    return {account.number.value(),
            account.asset.value(),
            static_cast<std::uint8_t>(account.scale),
            static_cast<std::uint8_t>(account.type),
            static_cast<std::uint8_t>(account.state),
            0,
            schema::to_wire(asset_code)};
}

// Nothing when it is not what to_wire writes.
std::optional<ResolvedAccount> from_wire(const wire::ResolvedAccount& stored) {
    const Id128 code = schema::from_wire(stored.asset_code());
    const auto end = std::ranges::find(code.bytes, std::uint8_t{0});
    const ResolvedAccount account{
        AccountNumber{stored.number()},          AssetNumber{stored.asset()},
        std::string{code.bytes.begin(), end},    stored.scale(),
        static_cast<AccountType>(stored.type()), static_cast<AccountState>(stored.state())};
    const auto written = to_wire(account);
    if (std::memcmp(&written, &stored, sizeof stored) != 0) return std::nullopt;
    if (account.number.is_none()) return ResolvedAccount{};
    const bool is_known = account.type >= AccountType::asset &&
                          account.type <= AccountType::expense &&
                          account.state >= AccountState::open &&
                          account.state <= AccountState::closed && account.scale <= kAssetScaleMax;
    return is_known ? std::optional{account} : std::nullopt;
}

}  // namespace

std::vector<std::byte> encode_refusal(const MessageHeader& asked, const Id128& book,
                                      const MessageRefusal& refusal) {
    MessageHeader header = answer_header(asked, MessageKind::refusal, book);
    header.code = refusal.code;
    header.retry_after_ms = refusal.retry_after_ms;
    std::vector<std::byte> message(kMessageHeaderBytes);
    encode_header(header, std::span{message}.first<kMessageHeaderBytes>());
    append_frame(message, as_bytes(refusal.detail));
    return message;
}

std::expected<MessageRefusal, Malformation> decode_refusal(Bytes message) {
    const auto header = decode_header(message);
    if (!header) return std::unexpected{header.error()};
    if (header->kind != MessageKind::refusal) return std::unexpected{Malformation::unknown_kind};
    FrameReader frames{message.subspan(kMessageHeaderBytes)};
    const auto detail = frames.next();
    if (!detail || !frames.is_at_end()) return std::unexpected{Malformation::bad_bytes};
    return MessageRefusal{
        header->code, header->retry_after_ms,
        std::string{reinterpret_cast<const char*>(detail->data()), detail->size()}};
}

std::vector<std::byte> encode_resolved(const MessageHeader& asked, const Id128& book, Seq head,
                                       const std::vector<ResolvedAccount>& accounts) {
    MessageHeader header = answer_header(asked, MessageKind::resolved, book);
    header.head = head;
    header.count = static_cast<std::uint32_t>(accounts.size());
    std::vector<std::byte> message(kMessageHeaderBytes +
                                   accounts.size() * sizeof(wire::ResolvedAccount));
    encode_header(header, std::span{message}.first<kMessageHeaderBytes>());
    auto room = std::span{message}.subspan(kMessageHeaderBytes);
    for (const auto& account : accounts) {
        store(room, to_wire(account));
        room = room.subspan(sizeof(wire::ResolvedAccount));
    }
    return message;
}

std::expected<std::vector<ResolvedAccount>, Malformation> decode_resolved(Bytes message) {
    const auto header = decode_header(message);
    if (!header) return std::unexpected{header.error()};
    if (header->kind != MessageKind::resolved) return std::unexpected{Malformation::unknown_kind};
    Bytes rest = message.subspan(kMessageHeaderBytes);
    if (rest.size() != header->count * sizeof(wire::ResolvedAccount)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    std::vector<ResolvedAccount> accounts;
    for (; !rest.empty(); rest = rest.subspan(sizeof(wire::ResolvedAccount))) {
        auto account = from_wire(load<wire::ResolvedAccount>(rest));
        if (!account) return std::unexpected{Malformation::bad_bytes};
        accounts.push_back(*std::move(account));
    }
    return accounts;
}

}  // namespace daybook::schema
