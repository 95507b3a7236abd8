// The pass that joins what the ledger posted and took back itself: no statement ever has it.
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "reconcile/passes.h"

namespace daybook::reconcile {

namespace {

using Looks = std::tuple<Day, SignedAmount, std::string_view>;

class Reversals {
public:
    explicit Reversals(OpenLines& open) : open_{open} {
        const auto& lines = open.lines(Party::ledger);
        for (LineIndex i = 0; i < lines.size(); ++i)
            lines_of_[lines[i].id].push_back(i);
        for (const auto index : open.within(Party::ledger)) {
            const Line& line = open.line(Party::ledger, index);
            if (line.reverses) {
                reversals_of_[*line.reverses].push_back(index);
            } else {
                alike_[looks(index)].push_back(index);
            }
        }
    }

    void take() {
        for (auto& [original, reversals] : reversals_of_) {
            auto lines = standing_for(original);
            if (!lines) continue;
            lines->insert(lines->end(), reversals.begin(), reversals.end());
            Int128 sum = 0;
            for (const auto index : *lines)
                sum += open_.line(Party::ledger, index).amount.minor_units();
            if (sum != 0) continue;
            std::ranges::sort(*lines);
            open_.take({Bucket::matched_by_rule, *std::move(lines), {}, "reversal"});
        }
    }

private:
    Looks looks(LineIndex index) const {
        const Line& line = open_.line(Party::ledger, index);
        return {line.day, line.amount, line.reference};
    }

    // The lines that are open of the entry; for one that has found its counterpart an equal one
    // that has not: which of two was posted twice, the statement cannot tell.
    std::optional<std::vector<LineIndex>> standing_for(EntryId original) const {
        std::vector<LineIndex> found;
        const auto lines = lines_of_.find(original);
        if (lines == lines_of_.end()) return std::nullopt;
        const auto is_free = [&](LineIndex index) {
            return open_.is_open(Party::ledger, index) &&
                   open_.zone(Party::ledger, index) == Zone::within &&
                   std::ranges::find(found, index) == found.end();
        };
        for (const auto index : lines->second) {
            if (is_free(index)) {
                found.push_back(index);
                continue;
            }
            const auto alike = alike_.find(looks(index));
            if (alike == alike_.end()) return std::nullopt;
            const auto other = std::ranges::find_if(alike->second, is_free);
            if (other == alike->second.end()) return std::nullopt;
            found.push_back(*other);
        }
        return found;
    }

    OpenLines& open_;
    std::map<EntryId, std::vector<LineIndex>> lines_of_;
    std::map<EntryId, std::vector<LineIndex>> reversals_of_;
    std::map<Looks, std::vector<LineIndex>> alike_;
};

}  // namespace

void match_reversals(OpenLines& open) {
    Reversals{open}.take();
}

}  // namespace daybook::reconcile
