#include "projector/account_history.h"

#include <utility>

namespace daybook::projector {

AccountHistory::AccountHistory(journal::Snapshot& journal, AccountNumber account,
                               const Balance& newest)
    : journal_{journal}, account_{account}, newest_{newest} {}

std::unexpected<Error> AccountHistory::damaged(TouchPointer at, const std::string& what) const {
    return fail(ErrorCode::damaged, "account number " + std::to_string(account_.value()) +
                                        ", touch " + to_string(at) + ": " + what +
                                        "; run `daybook verify`");
}

Result<FoundTouch> AccountHistory::read(TouchPointer at) {
    ++hops_;
    const auto block = journal_.block_of(at.seq());
    if (!block) return std::unexpected{block.error()};
    if (!*block) return damaged(at, "the journal has no such record");
    const auto bytes = (*block)->record(at.seq());
    if (!bytes) return std::unexpected{bytes.error()};
    const auto record = schema::RecordView::parse(*bytes);
    if (!record) return std::unexpected{record.error()};
    if (record->seq() != at.seq()) return damaged(at, "its record has another Seq");
    if (at.touch() >= record->touch_count()) return damaged(at, "its record has no such touch");
    FoundTouch found{at, record->touch(at.touch()), (*block)->info().stamp, *record};
    if (found.touch.account != account_) return damaged(at, "it is of another account");
    return found;
}

Result<std::optional<FoundTouch>> AccountHistory::newest() {
    if (newest_.last.is_none()) {
        if (newest_.version == 0) return std::nullopt;
        return damaged(newest_.last, "the projection has lost where it is");
    }
    auto found = read(newest_.last);
    if (!found) return std::unexpected{found.error()};
    if (found->touch.version != newest_.version || found->touch.after != newest_.totals) {
        return damaged(newest_.last, "it is not as the projection says");
    }
    return *std::move(found);
}

Result<std::optional<FoundTouch>> AccountHistory::follow(const FoundTouch& from, TouchPointer to) {
    if (to.is_none()) {
        if (from.touch.version == 1) return std::nullopt;
        return damaged(from.at, "it does not point back to the one before");
    }
    if (to >= from.at) return damaged(from.at, "it does not point back");
    auto found = read(to);
    if (!found) return std::unexpected{found.error()};
    const bool is_next = to == from.touch.links.prev;
    const bool fits = is_next ? found->touch.version + 1 == from.touch.version
                              : found->touch.version + 1 < from.touch.version;
    if (!fits) return damaged(from.at, "its versions and pointers contradict each other");
    return *std::move(found);
}

Result<std::optional<FoundTouch>> AccountHistory::before(const FoundTouch& touch) {
    return follow(touch, touch.touch.links.prev);
}

Result<std::optional<FoundTouch>> AccountHistory::newest_before(TouchPointer bound) {
    auto found = newest();
    while (found && *found && (*found)->at >= bound) {
        const FoundTouch from = **found;
        const auto& [prev, jump] = from.touch.links;
        found = follow(from, jump >= bound ? jump : prev);
    }
    return found;
}

Result<std::optional<FoundTouch>> AccountHistory::newest_at(Seq seq) {
    if (seq >= kSeqMax) return newest();
    return newest_before(TouchPointer{seq.next(), 0});
}

}  // namespace daybook::projector
