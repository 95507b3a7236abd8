// Commands as FlatBuffers tables: one file writes them, one reads them. Private to schema/'s
// sources.
#pragma once

#include <expected>

#include <flatbuffers/flatbuffers.h>

#include "base/bytes.h"
#include "ledger/command.h"
#include "ledger/outcome.h"
#include "schema/command_generated.h"

namespace daybook::schema {

// Replaces what `to` holds by the command's canonical bytes; they live in `to`. An atomic's members
// are written through `member`, another builder. Returns the size of the largest member, 0 when
// there are none. Not a transfer (checked).
std::size_t write_command(flatbuffers::FlatBufferBuilder& to,
                          flatbuffers::FlatBufferBuilder& member, const Command& command);

// A verified command; what verification does not see is checked here, the form is not.
std::expected<Command, Malformation> read_command(const wire::Command& command);

// Verifies and reads one member of an atomic; its bytes need no alignment.
std::expected<Member, Malformation> decode_member(Bytes bytes);

}  // namespace daybook::schema
