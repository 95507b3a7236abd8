#include "schema/command_codec.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include <flatbuffers/flatbuffers.h>

#include "base/check.h"
#include "ledger/form.h"
#include "schema/command_generated.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

constexpr std::uint8_t kTransferKind = static_cast<std::uint8_t>(CommandKind::transfer);
constexpr std::size_t kTableBytesMin = 8;  // the root's offset and the file identifier
constexpr flatbuffers::uoffset_t kVerifyDepthMax = 8;
constexpr flatbuffers::uoffset_t kVerifyTablesMax = 64;

std::string_view text_of(const flatbuffers::String* text) {
    return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

// One overload a command; each returns the union's kind and its table.
struct Stated {
    wire::Stated kind = wire::Stated::NONE;
    Offset<void> table;
};

Stated build(FlatBufferBuilder& to, const DefineAsset& asset) {
    const auto code = to.CreateString(asset.code);
    // A scale too large for a byte must not come back as another, valid one.
    const auto scale = static_cast<std::uint8_t>(std::min(asset.scale, 255U));
    return {wire::Stated::DefineAsset, wire::CreateDefineAsset(to, code, scale).Union()};
}

Stated build(FlatBufferBuilder& to, const OpenAccount& account) {
    const auto code = to.CreateString(account.code);
    const auto asset = to.CreateString(account.asset);
    wire::U128 min;
    wire::U128 max;
    if (account.limits.min) min = to_wire(*account.limits.min);
    if (account.limits.max) max = to_wire(*account.limits.max);
    const auto table = wire::CreateOpenAccount(
        to, code, asset, static_cast<std::uint8_t>(account.type),
        account.limits.min ? &min : nullptr, account.limits.max ? &max : nullptr);
    return {wire::Stated::OpenAccount, table.Union()};
}

Stated build(FlatBufferBuilder& to, const PostEntry& entry) {
    std::vector<wire::Posting> postings;
    std::vector<Offset<flatbuffers::String>> codes;
    postings.reserve(entry.postings.size());
    for (const auto& posting : entry.postings) {
        postings.emplace_back(posting.account.number.value(), to_wire(posting.amount),
                              static_cast<std::uint8_t>(posting.side), std::uint8_t{0},
                              std::uint16_t{0}, 0U);
        if (!posting.account.code.empty()) codes.push_back(to.CreateString(posting.account.code));
    }
    const auto posting_vector = to.CreateVectorOfStructs(postings);
    const auto code_vector = codes.empty()
                                 ? Offset<flatbuffers::Vector<Offset<flatbuffers::String>>>{}
                                 : to.CreateVector(codes);
    const auto reference =
        entry.reference.empty() ? Offset<flatbuffers::String>{} : to.CreateString(entry.reference);
    const auto description = entry.description.empty() ? Offset<flatbuffers::String>{}
                                                       : to.CreateString(entry.description);
    const auto tag = to_wire(entry.tag);
    const auto table = wire::CreatePostEntry(to, posting_vector, code_vector, reference,
                                             description, entry.tag.is_none() ? nullptr : &tag,
                                             entry.effective_at.nanoseconds());
    return {wire::Stated::PostEntry, table.Union()};
}

Stated build(FlatBufferBuilder& to, const VoidKey& /*stated*/) {
    return {wire::Stated::VoidKey, wire::CreateVoidKey(to).Union()};
}

Stated build(FlatBufferBuilder& /*to*/, const Transfer& /*transfer*/) {
    CHECK_INVARIANT(false, "a transfer is a struct, not a table");
    return {};
}

Command read(const Id128& key, const wire::DefineAsset& asset) {
    return DefineAsset{key, std::string{text_of(asset.code())}, asset.scale()};
}

Command read(const Id128& key, const wire::OpenAccount& account) {
    OpenAccount result{key,
                       std::string{text_of(account.code())},
                       std::string{text_of(account.asset())},
                       static_cast<AccountType>(account.type()),
                       {}};
    if (account.min() != nullptr) result.limits.min = signed_amount_from(*account.min());
    if (account.max() != nullptr) result.limits.max = signed_amount_from(*account.max());
    return result;
}

// Gives each posting without a number its code: there must be neither too few nor too many.
Malformation read_postings(const wire::PostEntry& entry, std::vector<Posting>& postings) {
    const auto* codes = entry.codes();
    const flatbuffers::uoffset_t code_count = codes == nullptr ? 0 : codes->size();
    flatbuffers::uoffset_t code = 0;
    if (entry.postings() == nullptr) return Malformation::posting_count;
    if (entry.postings()->size() > kPostingsMax) return Malformation::posting_count;
    postings.reserve(entry.postings()->size());
    for (const auto* stored : *entry.postings()) {
        Posting posting{AccountRef{AccountNumber{stored->account()}, {}},
                        static_cast<Side>(stored->side()), amount_from(stored->amount())};
        if (posting.account.number.is_none()) {
            if (code == code_count) return Malformation::account_reference;
            const auto text = text_of(codes->Get(code++));
            // Many codes may share one long string: its size is checked before it is copied.
            if (text.size() > kAccountCodeBytesMax) return Malformation::account_code;
            posting.account.code = text;
        }
        if (stored->reserved1() != 0 || stored->reserved2() != 0 || stored->reserved3() != 0) {
            return Malformation::reserved_not_zero;
        }
        postings.push_back(std::move(posting));
    }
    return code == code_count ? Malformation::none : Malformation::account_reference;
}

std::expected<Command, Malformation> read(const Id128& key, const wire::PostEntry& entry) {
    PostEntry result{key,
                     {},
                     std::string{text_of(entry.reference())},
                     std::string{text_of(entry.description())},
                     {},
                     Stamp{entry.effective_at()}};
    const auto wrong = read_postings(entry, result.postings);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    if (entry.tag() != nullptr) result.tag = from_wire(*entry.tag());
    return result;
}

std::expected<Command, Malformation> read(const wire::Command& command) {
    const Id128 key = from_wire(*command.key());
    switch (command.stated_type()) {
        case wire::Stated::DefineAsset:
            return read(key, *command.stated_as_DefineAsset());
        case wire::Stated::OpenAccount:
            return read(key, *command.stated_as_OpenAccount());
        case wire::Stated::PostEntry:
            return read(key, *command.stated_as_PostEntry());
        case wire::Stated::VoidKey:
            return VoidKey{key};
        case wire::Stated::NONE:
            break;
    }
    return std::unexpected{Malformation::unknown_kind};
}

}  // namespace

static_assert(sizeof(wire::Transfer) == kTransferBytes);

void encode_transfer(const Transfer& transfer, std::span<std::byte, kTransferBytes> out) {
    store(out, wire::Transfer{to_wire(transfer.key), transfer.debit.value(),
                              transfer.credit.value(), to_wire(transfer.amount),
                              to_wire(transfer.tag), transfer.effective_at.nanoseconds(), 0, 0, 0,
                              kTransferKind, 0, 0, 0, 0, 0, 0});
}

Malformation decode_transfer(std::span<const std::byte, kTransferBytes> bytes, Transfer& transfer) {
    const auto stored = load<wire::Transfer>(bytes);
    if (stored.kind() != kTransferKind) return Malformation::unknown_kind;
    const std::uint64_t unused = static_cast<std::uint64_t>(stored.expires_at()) |
                                 stored.hold_seq() | stored.hold_index() | stored.flags() |
                                 stored.asset() | stored.reserved1() | stored.reserved2() |
                                 stored.reserved3() | stored.reserved4();
    if (unused != 0) return Malformation::reserved_not_zero;
    transfer = Transfer{from_wire(stored.key()),        AccountNumber{stored.debit()},
                        AccountNumber{stored.credit()}, amount_from(stored.amount()),
                        from_wire(stored.tag()),        Stamp{stored.effective_at()}};
    return check_form(transfer);
}

TransferPeek peek_transfer(std::span<const std::byte, kTransferBytes> bytes) {
    const auto stored = load<wire::Transfer>(bytes);
    return {from_wire(stored.key()), AccountNumber{stored.debit()}, AccountNumber{stored.credit()}};
}

struct CommandEncoder::Builder {
    FlatBufferBuilder tables{1024};
    std::array<std::byte, kTransferBytes> transfer{};
};

CommandEncoder::CommandEncoder() : builder_{std::make_unique<Builder>()} {}
CommandEncoder::~CommandEncoder() = default;

Bytes CommandEncoder::encode(const Command& command) {
    if (const auto* transfer = std::get_if<Transfer>(&command)) {
        encode_transfer(*transfer, builder_->transfer);
        return builder_->transfer;
    }
    auto& to = builder_->tables;
    to.Clear();
    const auto stated =
        std::visit([&](const auto& alternative) { return build(to, alternative); }, command);
    const auto key = to_wire(key_of(command));
    wire::FinishCommandBuffer(to, wire::CreateCommand(to, &key, stated.kind, stated.table));
    return std::as_bytes(std::span{to.GetBufferPointer(), to.GetSize()});
}

std::expected<Command, Malformation> decode_table_command(Bytes bytes) {
    if (bytes.size() > kCommandBytesMax) return std::unexpected{Malformation::too_large};
    if (bytes.size() < kTableBytesMin) return std::unexpected{Malformation::bad_bytes};
    // The verifier checks alignment against the buffer's start, so the start must be aligned.
    alignas(16) thread_local std::array<std::uint8_t, kCommandBytesMax> aligned;
    std::memcpy(aligned.data(), bytes.data(), bytes.size());
    flatbuffers::Verifier verifier{aligned.data(), bytes.size(), kVerifyDepthMax, kVerifyTablesMax};
    if (!wire::VerifyCommandBuffer(verifier)) return std::unexpected{Malformation::bad_bytes};
    auto command = read(*wire::GetCommand(aligned.data()));
    if (!command) return command;
    const auto wrong = check_form(*command);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    return command;
}

std::expected<Command, Malformation> decode_command(CommandKind kind, Bytes bytes) {
    if (kind != CommandKind::transfer) {
        auto command = decode_table_command(bytes);
        if (command && kind_of(*command) != kind)
            return std::unexpected{Malformation::unknown_kind};
        return command;
    }
    if (bytes.size() != kTransferBytes) return std::unexpected{Malformation::bad_bytes};
    Transfer transfer;
    const auto wrong = decode_transfer(bytes.first<kTransferBytes>(), transfer);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    return transfer;
}

}  // namespace daybook::schema
