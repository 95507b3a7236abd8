// Several commands in one request.
#include <utility>

#include "gateway/key.h"
#include "http/routes.h"
#include "http/writing.h"
#include "json/command_reader.h"

namespace daybook::http {

namespace {

constexpr std::size_t kIndependentMax = 1000;

struct Batch {
    bool is_atomic = false;
    std::vector<Command> commands = {};  // one, an Atomic, if it is
};

std::optional<CommandKind> parse_batch_kind(std::string_view text) {
    const auto kind = parse_command_kind(text);
    const bool is_single = kind && *kind != CommandKind::transfer && *kind != CommandKind::atomic &&
                           *kind != CommandKind::void_key && *kind != CommandKind::expire_hold;
    return is_single ? kind : std::nullopt;
}

// Each with its own key.
Command read_keyed(json::Fields& fields) {
    fields.require("key");
    fields.require("kind");
    const auto text = fields.text("key");
    const auto key = gateway::key_from_text(text);
    if (!key && !text.empty()) {
        fields.wrong("key", "is not 1 to 128 visible ASCII characters, or all zeros");
    }
    const auto kind = fields.named("kind", &parse_batch_kind, CommandKind::post_entry);
    auto command = json::read_command(fields, kind);
    set_key(command, key.value_or(Id128{}));
    const auto malformation = form_of(command);
    if (malformation != Malformation::none) {
        fields.wrong("kind", std::string{name_of(malformation)} + ": " +
                                 std::string{remedy_of_code(code_of(malformation))});
    }
    return command;
}

Batch read_batch(json::Fields& fields) {
    Batch batch;
    fields.require("mode");
    const auto mode = fields.text("mode");
    batch.is_atomic = mode == "all_or_nothing";
    if (batch.is_atomic) {
        batch.commands.push_back(json::read_command(fields, CommandKind::atomic));
        return batch;
    }
    if (mode != "independent" && !mode.empty()) {
        fields.wrong("mode", "is not all_or_nothing or independent");
    }
    fields.require("commands");
    fields.each("commands", kIndependentMax,
                [&](json::Fields& item) { batch.commands.push_back(read_keyed(item)); });
    return batch;
}

// The tree of a large body is many times its size: it is gone before anything is waited for.
OrProblem<Batch> read_batch_body(const Request& request) {
    const auto body = read_body(request);
    if (!body) return std::unexpected{body.error()};
    json::Reading reading{json::Dialect::http};
    json::Fields fields{*body, reading};
    auto batch = read_batch(fields);
    fields.finish();
    if (!reading.problems.empty()) return std::unexpected{bad_fields(reading.problems)};
    return batch;
}

asio::awaitable<Answer> post_independent(Service& service, const Request& request,
                                         std::vector<Command> commands, bool is_dry_run) {
    for (const auto& command : commands) {
        if (const auto wrong = co_await check_accounts(service, request, command)) {
            co_return wrong->answer();
        }
    }
    auto answers = co_await decide_all(service, request, std::move(commands), is_dry_run);
    if (!answers) co_return answers.error().answer();
    json::Line line;
    line.begin_object().begin_array("data");
    std::optional<Answer> none;  // nothing was answered, and all for the same reason
    for (auto& each : *answers) {
        if (each.status == 409 || each.status == 429 || each.status == 503) none = each;
        line.begin_object()
            .small("status", each.status)
            .boolean("replayed", each.is_replay)
            .json("body", each.body)
            .end_object();
    }
    line.end_array().end_object();
    if (none) co_return *std::move(none);
    Answer answer;
    answer.body = line.str();
    co_return answer;
}

}  // namespace

asio::awaitable<Answer> post_batch(Service& service, const Request& request) {
    const auto is_dry_run = wants_dry_run(request);
    if (!is_dry_run) co_return is_dry_run.error().answer();
    if (!request.if_match.empty()) {
        co_return Problem{"bad_header", "If-Match is for paths of one account; use require"}
            .answer();
    }
    auto batch = read_batch_body(request);
    if (!batch) co_return batch.error().answer();
    if (!request.caller.may(Scope::admin)) {
        for (const auto& command : batch->commands) {
            if (needs_admin(command)) {
                co_return Problem{"forbidden", "the token has not the scope admin"}.answer();
            }
        }
    }
    if (!batch->is_atomic) {
        co_return co_await post_independent(service, request, std::move(batch->commands),
                                            *is_dry_run);
    }
    auto& command = batch->commands.front();
    if (const auto wrong = form_of(command); wrong != Malformation::none) {
        co_return Problem{code_of(wrong)}.answer();
    }
    const auto key = key_of(request);
    if (!key) co_return key.error().answer();
    set_key(command, *key);
    co_return co_await decide(service, request, std::move(command), *is_dry_run);
}

}  // namespace daybook::http
