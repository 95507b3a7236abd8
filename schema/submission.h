// What a producer sends: SubmissionBuilder writes a message, SubmissionView reads one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "ledger/command.h"
#include "ledger/outcome.h"
#include "schema/command_codec.h"
#include "schema/message.h"

namespace daybook::schema {

// Writes one message of one kind. Reused; keeps its memory.
class SubmissionBuilder {
public:
    // Starts a new message.
    void begin(MessageKind kind, const Id128& book, std::uint64_t correlation,
               std::uint8_t flags = 0, ProducerId producer = {});

    // Each must fit the message's kind. False, and nothing added, when a cap would be passed.
    bool add_transfer(const Transfer& transfer);
    bool add_command(const Command& command);
    // `count` frames of commands that fit their caps, as append_frame() wrote them.
    bool add_encoded(Bytes frames, std::size_t count);
    bool add_key(const Id128& key);
    bool add_account_code(std::string_view code);

    std::size_t count() const { return header_.count; }
    // The message as it goes out; valid until the next change.
    Bytes message();

private:
    bool has_room(std::size_t bytes) const;

    MessageHeader header_;
    CommandEncoder encoder_;
    std::vector<std::byte> bytes_;
};

// A message read in place: the envelope is checked here, each command when it is read.
class SubmissionView {
public:
    // The bytes need no alignment. `book` is the one served; `info` alone may name another.
    static std::expected<SubmissionView, Malformation> parse(Bytes message, const Id128& book);

    const MessageHeader& header() const { return header_; }
    std::size_t count() const { return header_.count; }

    // `index` < count(); of a `transfers` message.
    std::span<const std::byte, kTransferBytes> transfer(std::size_t index) const {
        return body_.subspan(index * kTransferBytes).first<kTransferBytes>();
    }
    // `index` < count(); of an `outcomes` message.
    Id128 key(std::size_t index) const;
    // Of a `commands` or `resolve` message: each frame once, in order. All are known to be whole.
    FrameReader frames() const { return FrameReader{body_}; }

private:
    MessageHeader header_;
    Bytes body_;
};

}  // namespace daybook::schema
