// What the record at a seq did, and how it hangs together with others.
#include <algorithm>
#include <memory>

#include "gateway/entry_reader.h"
#include "http/cursor.h"
#include "http/render.h"
#include "http/routes.h"
#include "json/command_writer.h"

namespace daybook::http {

namespace {

using gateway::ReadEntry;

void write_postings(json::Line& line, const std::vector<ResolvedPosting>& postings,
                    const KnownNames& names) {
    line.begin_array("postings");
    for (const auto& posting : postings) {
        const auto& name = names.at(posting.account);
        line.begin_object()
            .text("account", name.code)
            .big("account_number", posting.account.value())
            .text("asset", name.asset)
            .small("scale", name.scale)
            .text("side", name_of(posting.side))
            .amount("amount", posting.amount)
            .end_object();
    }
    line.end_array();
}

void write_particulars(json::Line& line, const Command& command) {
    const auto* particulars = particulars_of(command);
    if (particulars == nullptr) return;
    if (!particulars->reference.empty()) line.text("reference", particulars->reference);
    if (!particulars->description.empty()) line.text("description", particulars->description);
    if (!particulars->tag.is_none()) line.text("tag", to_hex(particulars->tag.bytes));
    if (!particulars->effective_at.is_none()) {
        line.text("effective_at", to_string(particulars->effective_at));
    }
}

void write_part(json::Line& line, const schema::EntryPart& part, const KnownNames& names) {
    line.begin_object().text("id", to_string(part.id)).text("kind", name_of(kind_of(part.command)));
    write_postings(line, part.postings, names);
    line.begin_object("command");
    json::write_fields(line, part.command);
    line.end_object();
    write_particulars(line, part.command);
    const auto* step = find_remark(part.remarks, RemarkKind::hold);
    if (step != nullptr) {
        line.begin_object("hold");
        write_hold(line, *step);
        line.end_object();
    }
    if (part.reverses) line.text("reverses", to_string(*part.reverses));
    line.begin_array("reversed_by");
    for (const EntryId id : part.reversed_by)
        line.text(to_string(id));
    line.end_array().end_object();
}

std::vector<Touch> touches_of(const schema::RecordView& record) {
    std::vector<Touch> touches;
    for (std::size_t i = 0; i < record.touch_count(); ++i)
        touches.push_back(record.touch(i));
    return touches;
}

void write_entry(json::Line& line, EntryId id, const ReadEntry& read, const KnownNames& names) {
    const auto& view = read.view;
    const auto& record = view.record;
    line.begin_object()
        .text("id", to_string(id))
        .big("seq", record.seq())
        .text("kind", name_of(record.kind()))
        .text("outcome", name_of(record.verdict()));
    if (record.rejection() != Rejection::none) line.text("code", name_of(record.rejection()));
    line.text("recorded_at", to_string(view.recorded_at))
        .small("producer", record.producer().value());
    if (!record.key().is_none()) line.text("key", to_hex(record.key().bytes));
    line.begin_array("parts");
    for (const auto& part : view.parts)
        write_part(line, part, names);
    line.end_array();
    write_touched(line, touches_of(record), names, record.seq());
    line.big("as_of_seq", view.as_of).end_object();
}

Result<KnownNames> learn(const ReadCall& call, const ReadEntry& read, Names& names) {
    std::vector<AccountNumber> numbers;
    for (const auto& touch : touches_of(read.view.record))
        numbers.push_back(touch.account);
    for (const auto& part : read.view.parts) {
        for (const auto& posting : part.postings)
            numbers.push_back(posting.account);
    }
    return names.learn(call.client, numbers);
}

// Whether the caller sees each account that the command names, and it names some: of one that
// names none, the touches say whose it is.
bool may_see(const Caller& caller, const Command& command, bool has_touches) {
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        return std::ranges::all_of(atomic->members, [&](const Member& member) {
            return std::visit(
                [&](const auto& stated) { return may_see(caller, Command{stated}, has_touches); },
                member);
        });
    }
    const auto codes = codes_in(command);
    return (has_touches || !codes.empty()) &&
           std::ranges::all_of(codes, [&](const std::string& code) { return caller.sees(code); });
}

bool may_see(const Caller& caller, const ReadEntry& read, const KnownNames& names) {
    if (caller.sees_all()) return true;
    const auto sees = [&](AccountNumber number) {
        const auto* name = names.find(number);
        return name != nullptr && caller.sees(name->code);
    };
    const auto touches = touches_of(read.view.record);
    const auto sees_part = [&](const schema::EntryPart& part) {
        return may_see(caller, part.command, !touches.empty()) &&
               std::ranges::all_of(part.postings, sees, &ResolvedPosting::account);
    };
    return !read.view.parts.empty() && std::ranges::all_of(touches, sees, &Touch::account) &&
           std::ranges::all_of(read.view.parts, sees_part);
}

}  // namespace

asio::awaitable<Answer> get_entry(Service& service, const Request& request) {
    const auto id = parse_entry_id(request.part(0));
    if (!id || id->is_of_this_seq()) {
        co_return Problem{"bad_parameter", "the path ends in no id: write a seq, or seq.member"}
            .answer();
    }
    const Read look = [&service, id = *id,
                       caller = request.caller](const ReadCall& call) -> Result<Answer> {
        const auto read = gateway::read_entry(call.client, id, call.after);
        if (!read && read.error().code == ErrorCode::not_found) {
            return Problem{"record_unknown", read.error().detail}.answer();
        }
        if (!read) return std::unexpected{read.error()};
        const auto names = learn(call, *read, service.names);
        if (!names) return std::unexpected{names.error()};
        if (!may_see(caller, *read, *names)) {
            return Problem{"forbidden", "the token is for other accounts"}.answer();
        }
        json::Line line;
        write_entry(line, id, *read, *names);
        Answer answer;
        answer.body = line.str();
        return answer;
    };
    co_return co_await read(service, request, look);
}

asio::awaitable<Answer> find_entries(Service& service, const Request& request) {
    const auto page = read_page(request);
    if (!page) co_return page.error().answer();
    const auto* reference = request.target.find("reference");
    if (reference == nullptr) {
        co_return Problem{"unindexed_filter",
                          "entries are found by reference alone; the journal has all of them"}
            .answer();
    }
    if (reference->empty() || reference->size() > 128) {
        co_return Problem{"bad_parameter", "reference has 1 to 128 bytes"}.answer();
    }
    const Read look = [&service, page = *page, text = *reference,
                       request](const ReadCall& call) -> Result<Answer> {
        const auto found = call.client.find_reference(text, call.after);
        if (!found) return std::unexpected{found.error()};
        auto cursor = page.cursor;
        cursor.as_of = found->standing.watermark;
        json::Line line;
        line.begin_object().begin_array("data");
        if (found->id != EntryId{}) {
            const auto read = gateway::read_entry(call.client, found->id, call.after);
            if (!read) return std::unexpected{read.error()};
            const auto names = learn(call, *read, service.names);
            if (!names) return std::unexpected{names.error()};
            if (may_see(request.caller, *read, *names)) {
                write_entry(line, found->id, *read, *names);
            }
        }
        line.end_array();
        Answer answer;
        end_page(line, answer, request, cursor, "");
        answer.body = line.end_object().str();
        return answer;
    };
    co_return co_await read(service, request, look);
}

}  // namespace daybook::http
