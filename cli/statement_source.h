// StatementSource: where statements are read: the data directory here, or a running server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "cli/read_options.h"
#include "projector/statement.h"

namespace daybook::cli {

// Where an account's pages come from: its number, for StatementQuery, and what stands around them.
struct StatementAccount {
    projector::AccountInfo account;  // without its limits and when it was opened
    projector::AssetInfo asset;
    Seq as_of;  // the watermark
};

class StatementSource {
public:
    virtual ~StatementSource() = default;
    StatementSource() = default;
    StatementSource(const StatementSource&) = delete;
    StatementSource& operator=(const StatementSource&) = delete;
    StatementSource(StatementSource&&) = delete;
    StatementSource& operator=(StatementSource&&) = delete;

    // `seq` itself; `not_found` when the journal does not reach so far.
    virtual Result<Seq> existing(std::uint64_t seq) = 0;
    // The last Seq recorded at or before `moment`; 0 when there is none. `not_found` when the book
    // began later.
    virtual Result<Seq> last_by(Stamp moment) = 0;

    // The account, once the projection shows `seq` and what `--min-seq` asks for; `try_again` after
    // `--wait`, `not_found` when there is none of this code.
    virtual Result<StatementAccount> find(const std::string& code, Seq seq) = 0;
    // A page of the account found; `query.to` is at most its `as_of`.
    virtual Result<projector::StatementPage> page(const projector::StatementQuery& query) = 0;
    // Nothing is kept open while output that may block is written.
    virtual void release() = 0;
};

Result<std::unique_ptr<StatementSource>> open_statements_here(const ReadOptions& options);
Result<std::unique_ptr<StatementSource>> open_statements_at(const std::string& endpoint,
                                                            const ReadOptions& options);

}  // namespace daybook::cli
