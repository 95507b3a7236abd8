// RecordJson: a record of the journal as one line of JSON, lossless. Its fields are documented in
// docs/jsonl.md.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/json.h"
#include "journal/block.h"
#include "schema/record.h"

namespace daybook::cli {

class RecordJson {
public:
    // The records written next are in this block.
    void set_block(const journal::BlockInfo& block);

    // Appends the record's line to `out`. `damaged` when its command cannot be read.
    Result<void> write(const schema::RecordView& record, std::string& out);

private:
    std::string block_;  // written once a block, copied into each line
    JsonLine line_;
};

}  // namespace daybook::cli
