#include "projector/statement.h"

#include <algorithm>

#include "base/check.h"
#include "projector/statement_lines.h"

namespace daybook::projector {

namespace {

Balance balance_after(const std::optional<FoundTouch>& touch) {
    if (!touch) return {};
    return {touch->touch.after, touch->touch.version, touch->at};
}

}  // namespace

Result<StatementPage> read_statement(const Past& past, const StatementQuery& query) {
    CHECK_INVARIANT(query.lines_max > 0, "a page has at least one line");
    const auto account = past.view().account(query.account);
    if (!account) return std::unexpected{account.error()};
    if (*account && (*account)->opened > query.to) {
        return fail(ErrorCode::not_found, "account '" + (*account)->code + "' was opened at seq " +
                                              std::to_string((*account)->opened.value()) +
                                              ", after seq " + std::to_string(query.to.value()));
    }
    auto history = past.history(query.account);
    if (!history) return std::unexpected{history.error()};
    TouchPointer bound{~std::uint64_t{0}};
    if (query.to < kSeqMax) bound = TouchPointer{query.to.next(), 0};
    if (!query.before.is_none()) bound = std::min(bound, query.before);
    auto touch = history->newest_before(bound);
    if (!touch) return std::unexpected{touch.error()};

    StatementPage page;
    page.closing = balance_after(*touch);
    LineReader reader{past};
    const auto is_in_range = [&] { return *touch && (*touch)->at.seq() >= query.from; };
    std::size_t postings = 0;
    const auto has_room = [&] {
        return page.lines.size() < query.lines_max && postings < query.postings_max &&
               reader.bytes_read() < query.read_max;
    };
    while (is_in_range() && has_room()) {
        auto before = history->before(**touch);
        if (!before) return std::unexpected{before.error()};
        auto line = reader.read(**touch, balance_after(*before).totals);
        if (!line) return std::unexpected{line.error()};
        postings += line->counter.size();
        page.lines.push_back(*std::move(line));
        touch = std::move(before);
    }
    page.opening = balance_after(*touch);
    if (is_in_range()) page.next = page.lines.back().at;
    page.records_read = history->hops() + reader.records_read();
    return page;
}

}  // namespace daybook::projector
