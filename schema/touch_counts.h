// TouchCounts: how many touches each stated command of an accepted record made. Private to
// schema/'s sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <type_traits>

#include "ledger/command.h"
#include "schema/record.h"

namespace daybook::schema {

class TouchCounts {
public:
    explicit TouchCounts(const RecordView& record) {
        for (std::size_t i = 0; i < record.remark_count(); ++i) {
            const Remark remark = record.remark(i);
            if (remark.kind != RemarkKind::reversed) continue;
            ++reversed_[remark.made_at(record.seq()).member()];
        }
    }

    template <typename Stated>
    std::size_t of(std::uint16_t member, const Stated& stated) const {
        constexpr auto is = []<typename... Kinds>() {
            return (std::is_same_v<Stated, Kinds> || ...);
        };
        if constexpr (is.template
                      operator()<Transfer, PlaceHold, CaptureHold, ReleaseHold, ExpireHold>()) {
            return 2;
        } else if constexpr (is.template operator()<SetAccountState, SetLimits>()) {
            return 1;
        } else if constexpr (std::is_same_v<Stated, PostEntry>) {
            return stated.postings.size();
        } else if constexpr (std::is_same_v<Stated, ReverseEntry>) {
            const auto found = reversed_.find(member);
            return found == reversed_.end() ? 0 : found->second;
        } else {
            return 0;
        }
    }

private:
    std::map<std::uint16_t, std::size_t> reversed_;  // postings, by member
};

}  // namespace daybook::schema
