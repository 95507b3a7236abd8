// The verification of a whole data directory: chain, records, projection. It never writes there,
// and runs beside a live server: no snapshot lives longer than about a second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "cli/anchors.h"
#include "cli/data_directory.h"
#include "cli/finding.h"
#include "cli/projection_watch.h"
#include "journal/block.h"

namespace daybook::cli {

struct Verification {
    std::optional<Finding> finding;  // the first
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    std::size_t accounts = 0;
    std::size_t assets = 0;
    Hash256 book_hash;        // at the last record checked
    journal::BlockInfo head;  // the last block checked
    Seq head_seq;             // the last record checked
    std::size_t anchors_held = 0;
    ProjectionState projection = ProjectionState::absent;
    Seq watermark;                               // the projection's
    std::optional<journal::Origin> origin = {};  // of a book that is a fork
};

// What is wrong with the journal's bytes, their content or the projection is a finding; an error is
// what keeps it from being read.
Result<Verification> verify(const DataDirectory& data, std::vector<Anchor> anchors = {});

}  // namespace daybook::cli
