// What `tail` is asked for, where it reads that, and at which record it begins.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/seq.h"
#include "gateway/record_source.h"
#include "journal/environment.h"

namespace daybook::cli {

struct TailOptions {
    std::string data;
    std::string query;  // empty: the journal in `data`
    std::optional<std::string> feed;
    std::optional<std::uint64_t> from_seq;
    std::optional<std::uint64_t> last;
    std::string account_path;
    bool follows = false;
    bool as_json = false;

    bool is_remote() const { return !query.empty(); }
};

// A server's records, or those of `journal`, which is null for a server.
Result<std::unique_ptr<gateway::RecordSource>> open_source(
    const TailOptions& options, const std::shared_ptr<journal::Environment>& journal);

// The first record to print: of what concerns the accounts asked for, the last ones are counted.
// `not_found` when it is not there yet and nothing waits for it.
Result<Seq> choose_start(const TailOptions& options,
                         const std::shared_ptr<journal::Environment>& journal,
                         gateway::RecordSource& source);

}  // namespace daybook::cli
