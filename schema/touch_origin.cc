#include "schema/touch_origin.h"

#include <cstdint>
#include <string>
#include <utility>
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

// Goes through the stated commands of a record, one after the other.
class Gatherer {
public:
    explicit Gatherer(const RecordView& record) : seq_{record.seq()}, counts_{record} {}

    template <typename Stated>
    void add(std::uint16_t index, CommandKind kind, const Member* member, const Stated& stated) {
        TouchOrigin origin = origin_of(stated);
        origin.id = EntryId{seq_, index};
        origin.kind = kind;
        origin.member = member;
        origin.first_touch = touches_;
        origin.touch_count = counts_.of(index, stated);
        touches_ += origin.touch_count;
        if (origin.touch_count != 0) origins_.push_back(origin);
    }
    void add(const Command& command) {
        std::visit([&](const auto& stated) { add(0, kind_of(command), nullptr, stated); }, command);
    }
    void add_members(const Atomic& atomic) {
        for (std::size_t i = 0; i < atomic.members.size(); ++i) {
            const Member& member = atomic.members[i];
            const auto index = static_cast<std::uint16_t>(i);
            std::visit([&](const auto& stated) { add(index, kind_of(member), &member, stated); },
                       member);
        }
    }

    std::size_t touches() const { return touches_; }
    std::vector<TouchOrigin>& origins() { return origins_; }

private:
    Seq seq_;
    TouchCounts counts_;
    std::size_t touches_ = 0;
    std::vector<TouchOrigin> origins_;
};

}  // namespace

Result<std::vector<TouchOrigin>> read_touch_origins(const RecordView& record,
                                                    const Command& command) {
    if (record.verdict() != Verdict::accepted) return std::vector<TouchOrigin>{};
    Gatherer gatherer{record};
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        gatherer.add_members(*atomic);
    } else {
        gatherer.add(command);
    }
    if (gatherer.touches() != record.touch_count()) {
        return fail(ErrorCode::damaged, "record " + std::to_string(record.seq().value()) +
                                            ": its touches are not those of its command; run "
                                            "`daybook verify`");
    }
    return std::move(gatherer.origins());
}

}  // namespace daybook::schema
