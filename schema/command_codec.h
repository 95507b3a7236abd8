// Commands to bytes and back. The encoding made here is canonical: one command, one byte string. It
// is what the journal stores and what "the same command" compares.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "ledger/command.h"
#include "ledger/outcome.h"
#include "schema/message.h"

namespace daybook::schema {

void encode_transfer(const Transfer& transfer, std::span<std::byte, kTransferBytes> out);

// Reads and checks the form. The bytes need no alignment. `transfer` is meaningful on `none` only.
Malformation decode_transfer(std::span<const std::byte, kTransferBytes> bytes, Transfer& transfer);

// The fields that say what deciding it will touch, unchecked: a hint for fetching ahead.
struct TransferPeek {
    Id128 key;
    AccountNumber debit;
    AccountNumber credit;
};
TransferPeek peek_transfer(std::span<const std::byte, kTransferBytes> bytes);

// Encodes into memory it keeps; one thread at a time.
class CommandEncoder {
public:
    CommandEncoder();
    ~CommandEncoder();
    CommandEncoder(const CommandEncoder&) = delete;
    CommandEncoder& operator=(const CommandEncoder&) = delete;
    CommandEncoder(CommandEncoder&&) = delete;
    CommandEncoder& operator=(CommandEncoder&&) = delete;

    // Valid until the next call. A transfer has its fixed-size form, anything else a table.
    Bytes encode(const Command& command);
    // Whether what was encoded last keeps to its caps: 16 KiB a command or member, 64 KiB an
    // atomic.
    bool fits() const;

private:
    struct Builder;
    std::unique_ptr<Builder> builder_;
};

// Verifies, reads and checks the form of a command that is not a transfer. The result owns its
// memory.
std::expected<Command, Malformation> decode_table_command(Bytes bytes);

// What is seen of a command in a record without reading the rest. `unknown_kind` when it is of
// another.
struct CommandPeek {
    Id128 key;
    bool has_unique_reference = false;  // not looked for in the members of an atomic
};
std::expected<CommandPeek, Malformation> peek_command(CommandKind kind, Bytes bytes);

// Reads a command back from a record, of either form.
std::expected<Command, Malformation> decode_command(CommandKind kind, Bytes bytes);

}  // namespace daybook::schema
