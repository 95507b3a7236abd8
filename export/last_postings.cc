#include "export/last_postings.h"

#include "export/chart.h"

namespace daybook::exports {

Result<LastPostings> LastPostings::find(const std::shared_ptr<journal::Environment>& journal,
                                        Cut cut, const GoOn& go_on) {
    LastPostings found;
    Chart chart;
    const auto walked =
        walk(journal, cut.to, chart, go_on, [&](const WalkedRecord& record) -> Result<void> {
            const Seq seq = record.record.seq();
            if (chart.account_count() > found.last_.size()) {
                found.last_.resize(chart.account_count());
            }
            if (seq < cut.from) return {};
            for (const auto& posted : record.posted) {
                found.last_[posted.account.value() - 1] =
                    TouchPointer{seq, static_cast<std::uint16_t>(posted.touch)};
            }
            return {};
        });
    if (!walked) return std::unexpected{walked.error()};
    return found;
}

}  // namespace daybook::exports
