// What happened to an account.
#include <algorithm>
#include <utility>

#include "http/cursor.h"
#include "http/render.h"
#include "http/routes.h"
#include "ledger/form.h"

namespace daybook::http {

namespace {

using schema::LineKind;
using schema::StatementLine;

void write_line(json::Line& line, const StatementLine& each, AccountType type) {
    line.begin_object()
        .big("seq", each.at.seq())
        .small("touch", each.at.touch())
        .text("recorded_at", to_string(each.recorded_at));
    if (!each.effective_at.is_none()) line.text("effective_at", to_string(each.effective_at));
    line.text("kind", name_of(each.kind)).text("id", to_string(each.id));
    if (each.about) {
        line.text(each.kind == LineKind::reversal ? "reverses" : "hold", to_string(*each.about));
    }
    if (!each.reference.empty()) line.text("reference", each.reference);
    if (!each.description.empty()) line.text("description", each.description);
    if (each.state) line.text("state", name_of(*each.state));
    if (each.limits && each.limits->min) line.amount("min", *each.limits->min);
    if (each.limits && each.limits->max) line.amount("max", *each.limits->max);
    if (!each.counter.empty()) line.text("side", name_of(each.side));
    if (!each.posted.is_zero()) line.amount("amount", each.posted);
    if (each.held != SignedAmount{}) line.amount("held", each.held);
    line.begin_array("counter");
    for (const auto& posting : each.counter) {
        line.begin_object()
            .text("account", posting.code)
            .big("account_number", posting.account.value())
            .small("scale", posting.scale)
            .text("side", name_of(posting.side))
            .amount("amount", posting.amount)
            .end_object();
    }
    line.end_array();
    write_totals(line, type, each.after);
    line.big("version", each.version).end_object();
}

void write_side(json::Line& line, std::string_view name, const std::string& code,
                const schema::AccountBalance& balance, Seq as_of) {
    line.begin_object(name);
    write_balance(line, {code, balance.asset_code, balance.scale, balance.type}, balance.number,
                  balance.totals, balance.version, as_of);
    line.end_object();
}

struct Range {
    std::optional<Seq> from, to;
    std::optional<Stamp> from_time, to_time;

    // Times become Seqs.
    Result<schema::StatementRange> resolve(const ReadCall& call) const {
        schema::StatementRange range;
        if (from) range.from = std::max(*from, Seq{1});
        if (to) range.to = *to;
        if (from_time) {
            const auto reached = call.client.seq_at(*from_time);
            if (!reached) return std::unexpected{reached.error()};
            range.from = std::max(range.from, reached->seq.next());
        }
        if (to_time) {
            const auto reached = call.client.seq_at(*to_time);
            if (!reached) return std::unexpected{reached.error()};
            range.to = std::min(range.to, reached->seq);
        }
        return range;
    }
};

OrProblem<Range> read_range(const Request& request) {
    Range range;
    const auto take = [&](auto read, std::string_view name, auto& place) -> std::optional<Problem> {
        const auto value = read(request, name);
        if (!value) return value.error();
        place = *value;
        return std::nullopt;
    };
    if (auto wrong = take(&seq_parameter, "from_seq", range.from)) return std::unexpected{*wrong};
    if (auto wrong = take(&seq_parameter, "to_seq", range.to)) return std::unexpected{*wrong};
    if (auto wrong = take(&moment_parameter, "from_time", range.from_time)) {
        return std::unexpected{*wrong};
    }
    if (auto wrong = take(&moment_parameter, "to_time", range.to_time)) {
        return std::unexpected{*wrong};
    }
    return range;
}

// A page of ours may take several of the server's.
Result<schema::AccountStatement> gather(const ReadCall& call, const std::string& account,
                                        schema::StatementRange range, std::size_t limit,
                                        Seq at_least) {
    const bool is_empty = range.from > range.to;
    if (is_empty) range.from = range.to;
    schema::AccountStatement all;
    for (bool is_first = true; is_first || (!all.next.is_none() && all.lines.size() < limit);
         is_first = false) {
        range.lines_max = static_cast<std::uint32_t>(
            std::min<std::size_t>(limit - all.lines.size(), schema::kStatementLinesMax));
        if (!is_first) range.before = all.next;
        auto page = call.client.statement(account, range, call.at_least(at_least));
        if (!page) return std::unexpected{page.error()};
        if (is_first) {
            all.standing = page->standing;
            all.closing = page->closing;
        }
        all.opening = page->opening;
        all.next = page->next;
        std::ranges::move(page->lines, std::back_inserter(all.lines));
        if (page->closing.number.is_none()) break;
    }
    if (is_empty) {
        all.lines.clear();
        all.next = {};
        all.opening = all.closing;
    }
    return all;
}

// A record may touch the account several times, and a page end between two of them: then no seq
// says it, and the version alone does.
Seq opening_at(const schema::AccountStatement& statement, Seq closing_at) {
    if (statement.lines.empty()) return closing_at;
    return Seq{statement.lines.back().at.seq().value() - 1};
}

Answer render(const Request& request, const schema::AccountStatement& statement, Cursor cursor,
              Seq closing_at) {
    const auto& code = request.part(0);
    const auto& closing = statement.closing;
    json::Line line;
    line.begin_object()
        .text("account", code)
        .text("asset", closing.asset_code)
        .small("scale", closing.scale)
        .text("type", name_of(closing.type));
    write_side(line, "closing", code, closing, closing_at);
    write_side(line, "opening", code, statement.opening, opening_at(statement, closing_at));
    line.begin_array("data");
    for (const auto& each : statement.lines)
        write_line(line, each, closing.type);
    line.end_array();
    Answer answer;
    end_page(line, answer, request, cursor,
             statement.next.is_none() ? "" : to_string(statement.next));
    answer.body = line.end_object().str();
    return answer;
}

Problem unknown(Seq as_of) {
    return Problem{"account_unknown"}.with(
        [as_of](json::Line& line) { line.big("as_of_seq", as_of); });
}

}  // namespace

asio::awaitable<Answer> get_statement(Service& service, const Request& request) {
    if (!is_account_code(request.part(0))) co_return Problem{"account_code"}.answer();
    if (!request.caller.sees(request.part(0))) {
        co_return Problem{"forbidden", "the token is for other accounts"}.answer();
    }
    const auto page = read_page(request);
    if (!page) co_return page.error().answer();
    const auto range = read_range(request);
    if (!range) co_return range.error().answer();
    std::optional<TouchPointer> before;
    if (!page->cursor.position.empty()) {
        before = parse_touch_pointer(page->cursor.position);
        if (!before) co_return Problem{"bad_cursor"}.answer();
    }
    const Read look = [page = *page, asked = *range, before, request,
                       head = service.head()](const ReadCall& call) -> Result<Answer> {
        auto resolved = asked.resolve(call);
        if (!resolved) return std::unexpected{resolved.error()};
        auto cursor = page.cursor;
        if (cursor.as_of != Seq{}) resolved->to = std::min(resolved->to, cursor.as_of);
        if (resolved->to == Seq{}) return unknown(Seq{}).answer();
        if (before) resolved->before = *before;
        // What a stated range has is shown as far as it is written; a later page is of the first
        // one's cut. Of a range that goes on to now, what there is.
        const bool has_end = asked.to || asked.to_time;
        const Seq stated = has_end ? std::min(resolved->to, head) : Seq{};
        const Seq at_least = std::max(stated, cursor.as_of);
        const auto found = gather(call, request.part(0), *resolved, page.limit, at_least);
        if (!found && found.error().code == ErrorCode::not_found) {
            return unknown(resolved->to).answer();
        }
        if (!found) return std::unexpected{found.error()};
        const Seq watermark = found->standing.watermark;
        if (found->closing.number.is_none()) return unknown(watermark).answer();
        if (cursor.as_of == Seq{}) cursor.as_of = watermark;
        const bool is_later = before.has_value() && !found->lines.empty();
        const Seq closing_at =
            is_later ? found->lines.front().at.seq() : std::min(resolved->to, cursor.as_of);
        return render(request, *found, cursor, closing_at);
    };
    co_return co_await read(service, request, look);
}

}  // namespace daybook::http
