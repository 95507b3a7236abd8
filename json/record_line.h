// RecordLine: a record of the journal as one line of JSON, lossless. Its fields are documented in
// docs/jsonl.md.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/result.h"
#include "json/line.h"
#include "ledger/numbers.h"
#include "schema/record.h"
#include "schema/run.h"

namespace daybook::json {

// The members of a block, into the object that has been begun.
void write_block_members(Line& line, const schema::BlockFacts& block, const Id128& book);

class RecordLine {
public:
    // Writes more members of a touch of the account.
    using Describe = std::function<void(Line&, AccountNumber)>;

    explicit RecordLine(Describe describe = {}) : describe_{std::move(describe)} {}

    // The records written next are in this block.
    void set_block(const schema::BlockFacts& block, const Id128& book);

    // Appends the record's line to `out`. `damaged` when its command cannot be read.
    Result<void> write(const schema::RecordView& record, std::string& out);

private:
    Describe describe_;
    std::string block_;  // written once a block, copied into each line
    Line line_;
};

}  // namespace daybook::json
