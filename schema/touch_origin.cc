#include "schema/touch_origin.h"

#include <cstdint>
#include <string>
#include <variant>

#include "schema/touch_counts.h"

namespace daybook::schema {

namespace {

template <typename Stated>
TouchOrigin origin_of(const Stated& stated) {
    TouchOrigin origin;
    if constexpr (requires { stated.particulars; }) {
        origin.particulars = &stated.particulars;
        origin.effective_at = stated.particulars.effective_at;
    } else if constexpr (requires { stated.effective_at; }) {
        origin.effective_at = stated.effective_at;
    }
    return origin;
}

}  // namespace

Result<std::vector<TouchOrigin>> read_touch_origins(const RecordView& record,
                                                    const Command& command) {
    std::vector<TouchOrigin> origins;
    if (record.verdict() != Verdict::accepted) return origins;
    const TouchCounts counts{record};
    std::size_t touches = 0;
    const auto add = [&](std::uint16_t index, CommandKind kind, const Member* member,
                         const auto& stated) {
        TouchOrigin origin = origin_of(stated);
        origin.id = EntryId{record.seq(), index};
        origin.kind = kind;
        origin.member = member;
        origin.first_touch = touches;
        origin.touch_count = counts.of(index, stated);
        touches += origin.touch_count;
        if (origin.touch_count != 0) origins.push_back(origin);
    };
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        for (std::uint16_t index = 0; index < atomic->members.size(); ++index) {
            const Member& member = atomic->members[index];
            std::visit([&](const auto& stated) { add(index, kind_of(member), &member, stated); },
                       member);
        }
    } else {
        std::visit([&](const auto& stated) { add(0, kind_of(command), nullptr, stated); }, command);
    }
    if (touches != record.touch_count()) {
        return fail(ErrorCode::damaged, "record " + std::to_string(record.seq().value()) +
                                            ": its touches are not those of its command; run "
                                            "`daybook verify`");
    }
    return origins;
}

}  // namespace daybook::schema
