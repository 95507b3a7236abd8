#include "schema/submission.h"

#include <array>

#include "base/check.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

constexpr std::size_t kKeyBytes = sizeof(wire::Id);
// A flag may turn a command into something else: one that is not known is never passed over.
constexpr unsigned kKnownFlags =
    static_cast<unsigned>(MessageFlag::want_touches) | static_cast<unsigned>(MessageFlag::dry_run);

// The body of a message with fixed-size items must be exactly as long as they are.
bool has_fixed_items(Bytes body, std::size_t count, std::size_t item_bytes) {
    return body.size() == count * item_bytes;
}

Malformation check_frames(Bytes body, std::size_t count) {
    FrameReader frames{body};
    for (std::size_t i = 0; i < count; ++i) {
        const auto frame = frames.next();
        if (!frame) return frame.error();
    }
    return frames.is_at_end() ? Malformation::none : Malformation::bad_bytes;
}

Malformation check_body(const MessageHeader& header, Bytes body) {
    const auto unless = [](bool is_right) {
        return is_right ? Malformation::none : Malformation::bad_bytes;
    };
    switch (header.kind) {
        case MessageKind::transfers:
            return unless(has_fixed_items(body, header.count, kTransferBytes));
        case MessageKind::outcomes:
            return unless(has_fixed_items(body, header.count, kKeyBytes));
        case MessageKind::commands:
        case MessageKind::resolve:
            return check_frames(body, header.count);
        case MessageKind::info:
            return unless(body.empty() && header.count == 0);
        case MessageKind::receipts:
        case MessageKind::refusal:
        case MessageKind::resolved:
        case MessageKind::book_info:
        case MessageKind::status:
        case MessageKind::balances:
        case MessageKind::record_range:
        case MessageKind::accounts:
        case MessageKind::statement:
        case MessageKind::moment:
        case MessageKind::numbers:
        case MessageKind::account_list:
        case MessageKind::account_details:
        case MessageKind::trial_balance:
        case MessageKind::entry:
        case MessageKind::reference:
        case MessageKind::facts:
        case MessageKind::status_now:
        case MessageKind::account_balances:
        case MessageKind::range_of_records:
        case MessageKind::accounts_under:
        case MessageKind::account_statement:
        case MessageKind::seq_at_moment:
        case MessageKind::named_balances:
        case MessageKind::listed_accounts:
        case MessageKind::detailed_accounts:
        case MessageKind::trial_sums:
        case MessageKind::entry_details:
        case MessageKind::found_reference:
        case MessageKind::facts_now:
        case MessageKind::records:
            break;
    }
    return Malformation::unknown_kind;
}

}  // namespace

void SubmissionBuilder::begin(MessageKind kind, const Id128& book, std::uint64_t correlation,
                              std::uint8_t flags, ProducerId producer) {
    header_ = {};
    header_.producer = producer;
    header_.kind = kind;
    header_.book = book;
    header_.correlation = correlation;
    header_.flags = flags;
    bytes_.resize(kMessageHeaderBytes);
}

bool SubmissionBuilder::has_room(std::size_t bytes) const {
    return header_.count < kCommandsMax && bytes_.size() + bytes <= kMessageBytesMax;
}

bool SubmissionBuilder::add_transfer(const Transfer& transfer) {
    CHECK_INVARIANT(header_.kind == MessageKind::transfers,
                    "transfers travel in their own messages");
    if (!has_room(kTransferBytes)) return false;
    bytes_.resize(bytes_.size() + kTransferBytes);
    encode_transfer(transfer, std::span{bytes_}.last<kTransferBytes>());
    ++header_.count;
    return true;
}

bool SubmissionBuilder::add_command(const Command& command) {
    CHECK_INVARIANT(header_.kind == MessageKind::commands, "tables travel in their own messages");
    const Bytes encoded = encoder_.encode(command);
    if (!encoder_.fits()) return false;
    if (!has_room(sizeof(wire::Frame) + padded_to_8(encoded.size()))) return false;
    append_frame(bytes_, encoded);
    ++header_.count;
    return true;
}

bool SubmissionBuilder::add_encoded(Bytes frames, std::size_t count) {
    CHECK_INVARIANT(header_.kind == MessageKind::commands, "tables travel in their own messages");
    if (!has_room(frames.size()) || header_.count + count > kCommandsMax) return false;
    bytes_.insert(bytes_.end(), frames.begin(), frames.end());
    header_.count += static_cast<std::uint32_t>(count);
    return true;
}

bool SubmissionBuilder::add_key(const Id128& key) {
    CHECK_INVARIANT(header_.kind == MessageKind::outcomes, "keys travel in their own messages");
    if (!has_room(kKeyBytes)) return false;
    const auto bytes = std::as_bytes(std::span{key.bytes});
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    ++header_.count;
    return true;
}

bool SubmissionBuilder::add_account_code(std::string_view code) {
    CHECK_INVARIANT(header_.kind == MessageKind::resolve, "codes travel in their own messages");
    if (!has_room(sizeof(wire::Frame) + padded_to_8(code.size()))) return false;
    append_frame(bytes_, as_bytes(code));
    ++header_.count;
    return true;
}

Bytes SubmissionBuilder::message() {
    encode_header(header_, std::span{bytes_}.first<kMessageHeaderBytes>());
    return bytes_;
}

std::expected<SubmissionView, Malformation> SubmissionView::parse(Bytes message,
                                                                  const Id128& book) {
    if (message.size() > kMessageBytesMax) return std::unexpected{Malformation::too_large};
    const auto header = decode_header(message);
    if (!header) return std::unexpected{header.error()};
    // Sent to the wrong endpoint: that it does not name the book it cannot know is no wonder.
    if (header->kind >= MessageKind::status) return std::unexpected{Malformation::unknown_kind};
    if (header->kind != MessageKind::info && header->book != book) {
        return std::unexpected{Malformation::other_book};
    }
    if ((header->flags & ~kKnownFlags) != 0) {
        return std::unexpected{Malformation::reserved_not_zero};
    }
    if (header->count > kCommandsMax) return std::unexpected{Malformation::too_many_commands};
    SubmissionView view;
    view.header_ = *header;
    view.body_ = message.subspan(kMessageHeaderBytes);
    const auto wrong = check_body(*header, view.body_);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    return view;
}

Id128 SubmissionView::key(std::size_t index) const {
    return from_wire(load<wire::Id>(body_.subspan(index * kKeyBytes, kKeyBytes)));
}

}  // namespace daybook::schema
