// A record of the journal read back from its line (docs/jsonl.md): the inverse of RecordLine.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/command.h"
#include "ledger/decide.h"
#include "ledger/numbers.h"
#include "schema/run.h"

namespace daybook::json {

struct ReadRecord {
    schema::BlockFacts block;
    Id128 book;
    Seq seq;
    ProducerId producer;
    Command command;
    Decision decision;  // accepted or rejected; of its changes nothing is known
};

// Strict: every field that RecordLine writes, of its type, and no other. Whether what they say can
// be, the hashes of the block tell. `bad_input` names the field.
Result<ReadRecord> read_record(std::string_view line);

}  // namespace daybook::json
