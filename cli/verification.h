// The verification of a whole data directory: chain, records, projection. It never writes, and runs
// beside a live server: no snapshot lives longer than about a second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/seq.h"
#include "cli/data_directory.h"
#include "cli/finding.h"
#include "journal/block.h"

namespace daybook::cli {

enum class ProjectionState {
    absent,
    equal,      // to the fold of the journal at its watermark
    moving,     // not compared: it was not where the records were checked to
    different,  // see the finding
};
std::string_view name_of(ProjectionState state);

struct Verification {
    std::optional<Finding> finding;
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    std::size_t accounts = 0;
    std::size_t assets = 0;
    Hash256 book_hash;        // at the last record checked
    journal::BlockInfo head;  // the last block checked
    Seq head_seq;             // the last record checked
    ProjectionState projection = ProjectionState::absent;
    Seq watermark;  // the projection's
};

// `damaged` when bytes are not what was written; what is wrong with their content is a finding.
Result<Verification> verify(const DataDirectory& data);

}  // namespace daybook::cli
