// StatementOutput: pages of a statement as text, for people or as JSON (docs/statements.md).
#pragma once

#include <memory>
#include <string>

#include "base/seq.h"
#include "projector/statement.h"

namespace daybook::cli {

// What stands on a statement beside its lines.
struct StatementFrame {
    projector::AccountInfo account;
    projector::AssetInfo asset;
    Seq from;
    Seq to;
    Seq as_of;
};

class StatementOutput {
public:
    virtual ~StatementOutput() = default;
    StatementOutput() = default;
    StatementOutput(const StatementOutput&) = delete;
    StatementOutput& operator=(const StatementOutput&) = delete;
    StatementOutput(StatementOutput&&) = delete;
    StatementOutput& operator=(StatementOutput&&) = delete;

    // Each appends to `out`. Pages come newest first, `closing` of the first one before all.
    virtual void add(const projector::StatementPage& page, bool is_first, bool is_last,
                     std::string& out) = 0;
};

std::unique_ptr<StatementOutput> statement_text(StatementFrame frame);
std::unique_ptr<StatementOutput> statement_json(StatementFrame frame);

}  // namespace daybook::cli
