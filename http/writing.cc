#include "http/writing.h"

#include <algorithm>
#include <utility>

#include "gateway/key.h"
#include "http/render.h"
#include "json/command_reader.h"
#include "json/value.h"
#include "ledger/form.h"

namespace daybook::http {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

constexpr milliseconds kCommandWait{10'000};
constexpr milliseconds kNameWait{2'000};  // the command is decided: it is worth showing

// Why there are no receipts. What is wrong with a whole message is not the doing of those whose
// commands happened to travel in it.
Problem problem_of_lane(const Unanswered& error) {
    Problem named{error.detail.substr(0, error.detail.find(':'))};
    const auto status = named.answer().status;
    const auto after = std::chrono::ceil<std::chrono::seconds>(error.retry_after).count();
    if (after > 0) named.retry_after(static_cast<unsigned>(after));
    if (status == 503 || status == 409) return named;
    if (error.code == ErrorCode::try_again) return Problem{"overloaded"};
    return Problem{"sequencer_unavailable"};
}

}  // namespace

OrProblem<json::Value> read_body(const Request& request) {
    if (request.body.empty()) {
        json::Value nothing;
        nothing.kind = json::Value::Kind::object;
        return nothing;
    }
    auto value = json::parse(request.body);
    if (!value) return std::unexpected{Problem{"bad_json", value.error().detail}};
    if (value->kind != json::Value::Kind::object) {
        return std::unexpected{
            bad_fields({{"", "", "is " + std::string{name_of(value->kind)} + ", not an object"}})};
    }
    return *std::move(value);
}

Malformation form_of(Command command) {
    // The form needs a key; it comes with the header.
    set_key(command, Id128{{1}});
    return check_form(command);
}

OrProblem<Command> read_command_body(const Request& request, CommandKind kind,
                                     std::string_view subject_name, const std::string& subject) {
    const auto body = read_body(request);
    if (!body) return std::unexpected{body.error()};
    json::Reading reading{json::Dialect::http};
    json::Fields fields{*body, reading};
    if (!subject_name.empty()) fields.preset(subject_name, subject);
    auto command = json::read_command(fields, kind);
    fields.finish();
    if (!reading.problems.empty()) return std::unexpected{bad_fields(reading.problems)};
    if (const auto wrong = form_of(command); wrong != Malformation::none) {
        return std::unexpected{Problem{code_of(wrong)}};
    }
    return command;
}

OrProblem<Id128> key_of(const Request& request) {
    if (request.idempotency_key.empty()) return std::unexpected{Problem{"idempotency_key_missing"}};
    const auto text = unquoted(request.idempotency_key);
    const auto key = text ? gateway::key_from_text(*text) : std::nullopt;
    if (!key) {
        return std::unexpected{
            Problem{"bad_header",
                    "Idempotency-Key is not 1 to 128 visible ASCII characters, or all zeros"}};
    }
    return *key;
}

void set_key(Command& command, const Id128& key) {
    std::visit(
        [&](auto& stated) {
            if constexpr (requires { stated.key; }) stated.key = key;
        },
        command);
}

OrProblem<bool> wants_dry_run(const Request& request) {
    const auto* stated = request.target.find("dry_run");
    if (stated == nullptr || *stated == "false") return false;
    if (*stated == "true") return true;
    return std::unexpected{Problem{"bad_parameter", "dry_run is true or false"}};
}

Problem problem_of(CommandLane::Taken refused) {
    switch (refused) {
        case CommandLane::Taken::full:
            return Problem{"overloaded"};
        case CommandLane::Taken::full_for_producer:
            return Problem{"too_many_waiting"};
        case CommandLane::Taken::not_connected:
            return Problem{"sequencer_unavailable"};
        case CommandLane::Taken::yes:
            break;
    }
    return Problem{"internal"};
}

asio::awaitable<OrProblem<std::vector<schema::Receipt>>> submit(Service& service,
                                                                const Request& request,
                                                                CommandLane::Encoded commands) {
    auto waiting = std::make_shared<Waiting<Receipts>>(service.waits);
    const auto deadline = service.deadline(request, kCommandWait);
    const auto taken =
        service.lane.submit(request.caller.producer, std::move(commands),
                            std::max(deadline, Clock::now() + kCommandWait), waiting);
    if (taken != CommandLane::Taken::yes) co_return std::unexpected{problem_of(taken)};
    auto receipts = co_await Waiting<Receipts>::wait(waiting, deadline);
    if (!receipts) co_return std::unexpected{unanswered(service, "in_flight")};
    if (!*receipts) co_return std::unexpected{problem_of_lane(receipts->error())};
    co_return **std::move(receipts);
}

namespace {

asio::awaitable<OrProblem<std::vector<schema::Receipt>>> try_out(Service& service,
                                                                 const Request& request,
                                                                 std::vector<Command> commands) {
    // Named: g++ 12 destroys a closure made within the awaited expression twice.
    const Ask asked{service.triers, [commands](gateway::CommandClient& client) {
                        return dry_run_in_full(client, commands);
                    }};
    auto receipts = co_await ask(service, request, asked);
    if (!receipts) co_return std::unexpected{unanswered(service, "sequencer_unavailable")};
    if (!*receipts) co_return std::unexpected{problem_of_lane(receipts->error())};
    co_return **std::move(receipts);
}

// The names of all that the receipts speak of. What a rejected group would have opened has none.
asio::awaitable<Result<KnownNames>> names_of(Service& service, const Request& request,
                                             const std::vector<Command>& commands,
                                             const std::vector<schema::Receipt>& receipts,
                                             Deadline patience) {
    std::vector<AccountNumber> numbers;
    for (const auto& receipt : receipts) {
        const auto own = accounts_in(receipt);
        numbers.insert(numbers.end(), own.begin(), own.end());
    }
    KnownNames own;
    const auto& first = receipts.front();
    if (first.is_dry_run && opens_accounts(commands.front())) {
        if (first.verdict != Verdict::accepted) {
            auto known = service.names.known(numbers);
            co_return known ? *std::move(known) : KnownNames{};
        }
        auto would_be = co_await would_be_names(service, request, commands.front(), first);
        if (!would_be) co_return would_be;
        own = *std::move(would_be);
        std::erase_if(numbers, [&](AccountNumber number) { return own.find(number) != nullptr; });
    }
    auto learned = co_await learn_names(service, std::move(numbers), patience);
    if (learned) learned->add_all(own);
    co_return learned;
}

// Nothing was sent: who sent the others is told which one to leave out.
Problem too_large(const CommandLane::TooLarge& what, std::size_t count) {
    const auto code = code_of(Malformation::too_large);
    if (count == 1) return Problem{code};
    if (!what.index) {
        return Problem{code, "together the commands pass 1 MiB; send fewer at a time"};
    }
    const auto index = std::to_string(*what.index);
    const auto pointer = "/commands/" + index;
    Problem problem{code, "command " + index + " passes 16 KiB; nothing of the batch was sent"};
    return problem.with([&](json::Line& line) {
        line.begin_array("errors")
            .begin_object()
            .text("pointer", pointer)
            .text("detail", remedy_of_code(code))
            .end_object()
            .end_array();
    });
}

}  // namespace

asio::awaitable<OrProblem<std::vector<Answer>>> decide_all(Service& service, const Request& request,
                                                           std::vector<Command> commands,
                                                           bool is_dry_run) {
    auto encoded = service.lane.encode(commands);
    if (!encoded) co_return std::unexpected{too_large(encoded.error(), commands.size())};
    const auto patience = service.deadline(request, kCommandWait);
    OrProblem<std::vector<schema::Receipt>> receipts;
    if (is_dry_run) {
        receipts = co_await try_out(service, request, commands);
    } else {
        receipts = co_await submit(service, request, *std::move(encoded));
    }
    if (!receipts) co_return std::unexpected{receipts.error()};
    const auto until = std::max(patience, Clock::now() + kNameWait);
    const auto filled = co_await fill_in(service, *receipts, until);
    Result<KnownNames> learned;
    if (filled) learned = co_await names_of(service, request, commands, *receipts, until);
    if (!filled || !learned) {
        constexpr const char* kTold =
            "the command is decided, but what it did cannot be read now; the same request with the "
            "same key tells its outcome";
        co_return std::unexpected{is_dry_run ? Problem{"read_unavailable"}
                                             : Problem{"read_unavailable", kTold}};
    }
    std::vector<Answer> answers;
    for (std::size_t i = 0; i < commands.size(); ++i)
        answers.push_back(answer_of(commands[i], (*receipts)[i], *learned));
    co_return answers;
}

asio::awaitable<Answer> decide(Service& service, const Request& request, Command command,
                               bool is_dry_run) {
    if (const auto wrong = co_await check_accounts(service, request, command)) {
        co_return wrong->answer();
    }
    std::vector<Command> commands;
    commands.push_back(std::move(command));
    auto answers = co_await decide_all(service, request, std::move(commands), is_dry_run);
    if (!answers) co_return answers.error().answer();
    co_return std::move(answers->front());
}

}  // namespace daybook::http
