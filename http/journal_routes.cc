// The journal: pages, one record, the head, and the stream of events.
#include <algorithm>
#include <utility>

#include "http/cursor.h"
#include "http/records.h"
#include "http/routes.h"
#include "ledger/form.h"

namespace daybook::http {

namespace {

constexpr std::string_view kForever = "private, max-age=31536000, immutable";

// A journal's record shows accounts of everybody.
std::optional<Problem> check_all(const Request& request) {
    if (request.caller.sees_all()) return std::nullopt;
    return Problem{"forbidden", "the token is for some accounts alone"};
}

Seq min_seq_of(const ReadCall& call) {
    return call.after.min_seq;
}

std::string not_reached(Seq head) {
    return "at seq " + std::to_string(head.value());
}

Answer render(const Request& request, const Page& page, Seq from, const RecordTexts& texts) {
    json::Line line;
    line.begin_object().begin_array("data");
    for (const auto& text : texts.lines)
        line.json({}, text);
    line.end_array();
    const Seq end = from.plus(texts.lines.size());
    const bool is_closed =
        !texts.lines.empty() && (texts.lines.size() == page.limit || end <= texts.head);
    auto cursor = page.cursor;
    // A closed page is the same for ever, so it tells of nothing later.
    cursor.as_of = is_closed ? Seq{end.value() - 1} : texts.head;
    cursor.position = from == Seq{1} ? "" : std::to_string(from.value());
    const auto before = from.value() > page.limit ? from.value() - page.limit : 1;
    cursor.trail = {before == 1 ? "" : std::to_string(before)};
    Answer answer;
    end_page(line, answer, request, cursor, is_closed ? std::to_string(end.value()) : "");
    answer.body = line.end_object().str();
    if (is_closed) return answer.with("Cache-Control", std::string{kForever});
    const auto etag = "\"" + std::to_string(texts.head.value()) + "\"";
    answer.with("Cache-Control", "no-cache").with("ETag", etag);
    if (names_etag(request.if_none_match, etag)) {
        answer.status = 304;
        answer.body.clear();
    }
    return answer;
}

}  // namespace

asio::awaitable<Answer> get_journal(Service& service, const Request& request) {
    if (const auto wrong = check_all(request)) co_return wrong->answer();
    const auto page = read_page(request);
    if (!page) co_return page.error().answer();
    const auto from = seq_parameter(request, "from_seq");
    if (!from) co_return from.error().answer();
    auto first = std::max(from->value_or(Seq{1}), Seq{1});
    if (request.target.find("cursor") != nullptr) {
        const auto& position = page->cursor.position;
        const auto seq =
            position.empty() ? std::optional{std::uint64_t{1}} : parse_digits(position);
        if (!seq || *seq == 0 || *seq > kSeqMax.value()) co_return Problem{"bad_cursor"}.answer();
        first = Seq{*seq};
    }
    const Read look = [&service, page = *page, first,
                       request](const ReadCall& call) -> Result<Answer> {
        const auto texts = read_records(call.client, service.names, first, page.limit);
        if (!texts) return std::unexpected{texts.error()};
        if (texts->head < min_seq_of(call)) {
            return fail(ErrorCode::try_again, not_reached(texts->head));
        }
        return render(request, page, first, *texts);
    };
    co_return co_await read(service, request, look);
}

asio::awaitable<Answer> get_record(Service& service, const Request& request) {
    if (const auto wrong = check_all(request)) co_return wrong->answer();
    const auto seq = parse_digits(request.part(0));
    if (!seq || *seq == 0 || *seq > kSeqMax.value()) {
        co_return Problem{"bad_parameter", "the path ends in no seq from 1"}.answer();
    }
    const Read look = [&service, from = Seq{*seq}](const ReadCall& call) -> Result<Answer> {
        const auto texts = read_records(call.client, service.names, from, 1);
        if (!texts) return std::unexpected{texts.error()};
        if (texts->lines.empty() && texts->head < min_seq_of(call)) {
            return fail(ErrorCode::try_again, not_reached(texts->head));
        }
        if (texts->lines.empty()) {
            return Problem{"record_unknown"}
                .with([&](json::Line& line) { line.big("head_seq", texts->head); })
                .answer();
        }
        Answer answer;
        answer.body = texts->lines.front();
        return answer.with("Cache-Control", std::string{kForever});
    };
    co_return co_await read(service, request, look);
}

asio::awaitable<Answer> get_head(Service& service, const Request& request) {
    const Read look = [](const ReadCall& call) -> Result<Answer> {
        const auto status = call.client.status(call.after);
        if (!status) return std::unexpected{status.error()};
        const Seq head = status->standing.head;
        json::Line line;
        line.begin_object().big("seq", head);
        if (head == Seq{}) {
            line.json("block", "null");
        } else {
            const auto page = call.client.records(head, 1);
            if (!page) return std::unexpected{page.error()};
            schema::RunReader runs{page->runs};
            schema::Run run;
            if (runs.next(run) != Malformation::none) {
                return fail(ErrorCode::damaged, "the answer is not a range of records");
            }
            write_block(line, run.block, call.client.book());
        }
        Answer answer;
        answer.body = line.end_object().str();
        answer.with("Cache-Control", "no-cache");
        return answer;
    };
    co_return co_await read(service, request, look);
}

namespace {

// Null when there is none. Taken before anything is awaited, so that those who come at once count.
std::shared_ptr<void> take_slot(Service& service, ProducerId producer) {
    struct Slot {
        Slot(Service& of, std::size_t& own) : all{of.streams}, producers{own} {}
        Counted all;
        Counted producers;
    };
    const auto& caps = service.options.caps;
    auto& own = service.streams_of[producer];
    const bool is_share_taken = service.tokens.are_needed() && own >= caps.streams_of_producer_max;
    if (service.streams >= caps.streams_max || is_share_taken) return nullptr;
    return std::make_shared<Slot>(service, own);
}

}  // namespace

asio::awaitable<Answer> get_stream(Service& service, const Request& request) {
    if (const auto wrong = check_all(request)) co_return wrong->answer();
    StreamWanted wanted;
    const auto* events = request.target.find("events");
    const auto kind = events == nullptr ? std::string{"records"} : *events;
    wanted.are_heads = kind == "heads";
    if (!wanted.are_heads && kind != "records") {
        co_return Problem{"bad_parameter", "events is records or heads"}.answer();
    }
    const auto from = seq_parameter(request, "from_seq");
    if (!from) co_return from.error().answer();
    if (*from) wanted.from = std::max(**from, Seq{1});
    if (!request.last_event_id.empty()) {
        const auto last = parse_digits(request.last_event_id);
        if (!last || *last >= kSeqMax.value()) {
            co_return Problem{"bad_header", "Last-Event-ID is not a seq"}.answer();
        }
        wanted.from = Seq{*last}.next();
    }
    if (const auto* account = request.target.find("account")) {
        if (!is_account_code(*account)) {
            co_return Problem{"bad_parameter", "account is not an account code"}.answer();
        }
        wanted.account_path = *account;
    }
    if (const auto* rate = request.target.find("max_per_second")) {
        const auto number = parse_digits(*rate);
        if (!number || *number == 0 || *number > 10'000 || !wanted.account_path.empty()) {
            co_return Problem{"bad_parameter", "max_per_second is 1 to 10000, of all records alone"}
                .answer();
        }
        wanted.per_second = static_cast<unsigned>(*number);
    }
    auto slot = take_slot(service, request.caller.producer);
    if (!slot) co_return Problem{"too_many_waiting", "too many streams are open"}.answer();
    wanted.slot = std::move(slot);
    Answer answer;
    if (request.method == "HEAD") {
        answer.type = "text/event-stream";
    } else {
        answer.stream = wanted;
    }
    co_return answer;
}

}  // namespace daybook::http
