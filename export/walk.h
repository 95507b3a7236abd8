// walk: the journal's records from the first to the end of a cut, in order, each with what it
// posted. Runs beside a live server: no snapshot lives longer than about half a second.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "export/chart.h"
#include "journal/block.h"
#include "journal/environment.h"
#include "schema/record.h"

namespace daybook::exports {

// The records an export is about; both inclusive. What is before them is only read.
struct Cut {
    Seq from = Seq{1};
    Seq to;
};

// Valid during the visit.
struct WalkedRecord {
    const journal::BlockInfo& block;
    Bytes bytes;
    const schema::RecordView& record;
    const std::vector<PostedTouch>& posted;  // already in the chart
};

using Visit = std::function<Result<void>(const WalkedRecord&)>;
// Told now and then the last Seq read; false ends the walk with `try_again`.
using GoOn = std::function<bool(Seq)>;

// Takes every record up to `to` into `chart`, which must be new, and then to `visit`. `not_found`
// when the journal does not reach so far, `damaged` names the record that cannot be.
Result<void> walk(const std::shared_ptr<journal::Environment>& journal, Seq to, Chart& chart,
                  const GoOn& go_on, const Visit& visit);

}  // namespace daybook::exports
