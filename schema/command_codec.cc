#include "schema/command_codec.h"

#include <array>
#include <cstring>
#include <type_traits>
#include <utility>
#include <variant>

#include <flatbuffers/flatbuffers.h>

#include "base/check.h"
#include "ledger/form.h"
#include "schema/command_generated.h"
#include "schema/command_tables.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

constexpr std::uint8_t kTransferKind = static_cast<std::uint8_t>(CommandKind::transfer);
constexpr std::size_t kTableBytesMin = 8;  // the root's offset and the file identifier
constexpr flatbuffers::uoffset_t kVerifyDepthMax = 8;
constexpr flatbuffers::uoffset_t kVerifyTablesMax = 64;

// The verifier checks alignment against the buffer's start, so the start must be aligned.
template <std::size_t kBytes>
struct alignas(16) Aligned {
    std::array<std::uint8_t, kBytes> bytes;
};

// The verified table; null when it is none. `aligned` is overwritten, and holds it.
template <std::size_t kBytes>
const wire::Command* verify_into(Aligned<kBytes>& aligned, Bytes bytes) {
    if (bytes.size() > kBytes || bytes.size() < kTableBytesMin) return nullptr;
    std::memcpy(aligned.bytes.data(), bytes.data(), bytes.size());
    flatbuffers::Verifier verifier{aligned.bytes.data(), bytes.size(), kVerifyDepthMax,
                                   kVerifyTablesMax};
    if (!wire::VerifyCommandBuffer(verifier)) return nullptr;
    return wire::GetCommand(aligned.bytes.data());
}

// Verifies and reads, without the form.
template <std::size_t kBytes>
std::expected<Command, Malformation> decode_into(Aligned<kBytes>& aligned, Bytes bytes) {
    if (bytes.size() > kBytes) return std::unexpected{Malformation::too_large};
    const auto* command = verify_into(aligned, bytes);
    if (command == nullptr) return std::unexpected{Malformation::bad_bytes};
    return read_command(*command);
}

std::size_t bytes_max(const Command& command) {
    return std::holds_alternative<Atomic>(command) ? kAtomicBytesMax : kCommandBytesMax;
}

CommandKind kind_of(wire::Stated stated) {
    switch (stated) {
        case wire::Stated::DefineAsset:
            return CommandKind::define_asset;
        case wire::Stated::OpenAccount:
            return CommandKind::open_account;
        case wire::Stated::PostEntry:
            return CommandKind::post_entry;
        case wire::Stated::VoidKey:
            return CommandKind::void_key;
        case wire::Stated::PlaceHold:
            return CommandKind::place_hold;
        case wire::Stated::CaptureHold:
            return CommandKind::capture_hold;
        case wire::Stated::ReleaseHold:
            return CommandKind::release_hold;
        case wire::Stated::ExpireHold:
            return CommandKind::expire_hold;
        case wire::Stated::ReverseEntry:
            return CommandKind::reverse_entry;
        case wire::Stated::SetAccountState:
            return CommandKind::set_account_state;
        case wire::Stated::SetLimits:
            return CommandKind::set_limits;
        case wire::Stated::Atomic:
            return CommandKind::atomic;
        case wire::Stated::NONE:
            break;
    }
    return CommandKind{0};
}

bool has_unique_reference(const wire::Command& command) {
    switch (command.stated_type()) {
        case wire::Stated::PostEntry:
            return command.stated_as_PostEntry()->unique_reference();
        case wire::Stated::PlaceHold:
            return command.stated_as_PlaceHold()->unique_reference();
        case wire::Stated::CaptureHold:
            return command.stated_as_CaptureHold()->unique_reference();
        case wire::Stated::ReleaseHold:
            return command.stated_as_ReleaseHold()->unique_reference();
        case wire::Stated::ReverseEntry:
            return command.stated_as_ReverseEntry()->unique_reference();
        case wire::Stated::SetAccountState:
            return command.stated_as_SetAccountState()->unique_reference();
        case wire::Stated::SetLimits:
            return command.stated_as_SetLimits()->unique_reference();
        case wire::Stated::DefineAsset:
        case wire::Stated::OpenAccount:
        case wire::Stated::VoidKey:
        case wire::Stated::ExpireHold:
        case wire::Stated::Atomic:
        case wire::Stated::NONE:
            break;
    }
    return false;
}

}  // namespace

static_assert(sizeof(wire::Transfer) == kTransferBytes);

void encode_transfer(const Transfer& transfer, std::span<std::byte, kTransferBytes> out) {
    store(out,
          wire::Transfer{to_wire(transfer.key), transfer.debit.value(), transfer.credit.value(),
                         to_wire(transfer.amount), to_wire(transfer.tag),
                         transfer.effective_at.nanoseconds(), 0, 0, 0, kTransferKind,
                         static_cast<std::uint8_t>(transfer.balancing), 0, 0, 0, 0, 0});
}

Malformation decode_transfer(std::span<const std::byte, kTransferBytes> bytes, Transfer& transfer) {
    const auto stored = load<wire::Transfer>(bytes);
    if (stored.kind() != kTransferKind) return Malformation::unknown_kind;
    const std::uint64_t unused = static_cast<std::uint64_t>(stored.expires_at()) |
                                 stored.hold_seq() | stored.hold_index() | stored.asset() |
                                 stored.reserved1() | stored.reserved2() | stored.reserved3() |
                                 stored.reserved4();
    if (unused != 0) return Malformation::reserved_not_zero;
    transfer = Transfer{from_wire(stored.key()),
                        AccountNumber{stored.debit()},
                        AccountNumber{stored.credit()},
                        amount_from(stored.amount()),
                        from_wire(stored.tag()),
                        Stamp{stored.effective_at()},
                        static_cast<Balancing>(stored.flags())};
    return check_form(transfer);
}

TransferPeek peek_transfer(std::span<const std::byte, kTransferBytes> bytes) {
    const auto stored = load<wire::Transfer>(bytes);
    return {from_wire(stored.key()), AccountNumber{stored.debit()}, AccountNumber{stored.credit()}};
}

struct CommandEncoder::Builder {
    flatbuffers::FlatBufferBuilder tables{1024};
    flatbuffers::FlatBufferBuilder member{1024};
    bool fits = true;
    std::array<std::byte, kTransferBytes> transfer{};
};

CommandEncoder::CommandEncoder() : builder_{std::make_unique<Builder>()} {}
CommandEncoder::~CommandEncoder() = default;

Bytes CommandEncoder::encode(const Command& command) {
    if (const auto* transfer = std::get_if<Transfer>(&command)) {
        encode_transfer(*transfer, builder_->transfer);
        builder_->fits = true;
        return builder_->transfer;
    }
    const std::size_t largest = write_command(builder_->tables, builder_->member, command);
    const Bytes bytes =
        std::as_bytes(std::span{builder_->tables.GetBufferPointer(), builder_->tables.GetSize()});
    builder_->fits = bytes.size() <= bytes_max(command) && largest <= kCommandBytesMax;
    return bytes;
}

bool CommandEncoder::fits() const {
    return builder_->fits;
}

std::expected<Command, Malformation> decode_table_command(Bytes bytes) {
    thread_local Aligned<kAtomicBytesMax> aligned;
    auto command = decode_into(aligned, bytes);
    if (!command) return command;
    if (bytes.size() > bytes_max(*command)) return std::unexpected{Malformation::too_large};
    const auto wrong = check_form(*command);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    return command;
}

std::expected<Member, Malformation> decode_member(Bytes bytes) {
    thread_local Aligned<kCommandBytesMax> aligned;
    // A member that holds members would be read in the memory it is itself in: it is not read.
    thread_local bool is_reading = false;
    if (is_reading) return std::unexpected{Malformation::member_kind};
    is_reading = true;
    auto command = decode_into(aligned, bytes);
    is_reading = false;
    if (!command) return std::unexpected{command.error()};
    return std::visit(
        [](auto&& stated) -> std::expected<Member, Malformation> {
            if constexpr (std::is_constructible_v<Member, decltype(stated)>) {
                return Member{std::forward<decltype(stated)>(stated)};
            } else {
                return std::unexpected{Malformation::member_kind};
            }
        },
        *std::move(command));
}

std::expected<CommandPeek, Malformation> peek_command(CommandKind kind, Bytes bytes) {
    if (kind == CommandKind::transfer) {
        if (bytes.size() != kTransferBytes) return std::unexpected{Malformation::bad_bytes};
        return CommandPeek{from_wire(load<wire::Id>(bytes)), false};
    }
    thread_local Aligned<kAtomicBytesMax> aligned;
    const auto* command = verify_into(aligned, bytes);
    if (command == nullptr) return std::unexpected{Malformation::bad_bytes};
    if (kind_of(command->stated_type()) != kind) return std::unexpected{Malformation::unknown_kind};
    return CommandPeek{from_wire(*command->key()), has_unique_reference(*command)};
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
