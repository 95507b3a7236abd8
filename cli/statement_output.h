// StatementOutput: pages of a statement as text, for people or as JSON (docs/statements.md).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/seq.h"
#include "cli/read_options.h"
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

    // Each appends to `out`. Pages come newest first, `closing` of the first one before all;
    // `view` names the assets.
    virtual Result<void> add(const projector::StatementPage& page, const projector::View& view,
                             bool is_first, bool is_last, std::string& out) = 0;

protected:
    Result<unsigned> scale_of(AssetNumber asset, const projector::View& view);

private:
    std::map<std::uint32_t, unsigned> scales_;
};

std::unique_ptr<StatementOutput> statement_text(StatementFrame frame);
std::unique_ptr<StatementOutput> statement_json(StatementFrame frame);

}  // namespace daybook::cli
