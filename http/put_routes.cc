// Assets and accounts: their codes are their keys, so that a repeat is the same request.
#include "gateway/key.h"
#include "http/render.h"
#include "http/routes.h"
#include "http/writing.h"

namespace daybook::http {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kShowWait{2000};

bool is_repeat(const Answer& answer) {
    return answer.code == name_of(Rejection::asset_exists) ||
           answer.code == name_of(Rejection::account_exists);
}

// What is there already is there up to the Seq that says so.
Answer already_there(const Answer& repeat) {
    Answer answer;
    answer.tried_at = repeat.seq ? repeat.seq : repeat.tried_at;
    return answer;
}

// 201 or 200 without a body, or a problem. What is there already is found without writing.
asio::awaitable<Answer> make(Service& service, const Request& request, CommandKind kind) {
    auto command = read_command_body(request, kind, "code", request.part(0));
    if (!command) co_return command.error().answer();
    if (!request.if_match.empty()) {
        co_return Problem{"bad_header", "If-Match is for changes of an account"}.answer();
    }
    set_key(*command, gateway::new_key(SystemClock{}.now()));
    auto tried = co_await decide(service, request, *command, true);
    if (is_repeat(tried)) co_return already_there(tried);
    if (tried.status == 503 || tried.status == 403) co_return tried;
    auto made = co_await decide(service, request, *command, false);
    if (is_repeat(made)) co_return already_there(made);
    co_return made;
}

}  // namespace

asio::awaitable<Answer> put_asset(Service& service, const Request& request) {
    auto made = co_await make(service, request, CommandKind::define_asset);
    if (made.status >= 400) co_return made;
    const auto body = json::parse(request.body);
    const auto* scale = body ? body->find("scale") : nullptr;
    json::Line line;
    line.begin_object()
        .text("asset", request.part(0))
        .json("scale", scale != nullptr ? scale->text : "0")
        .end_object();
    made.body = line.str();
    co_return made;
}

asio::awaitable<Answer> put_account(Service& service, const Request& request) {
    auto made = co_await make(service, request, CommandKind::open_account);
    if (made.status >= 400) co_return made;
    const auto deadline = service.deadline(request, kShowWait);
    const Seq made_at = made.seq.value_or(Seq{});
    const Seq there_at = made.tried_at.value_or(Seq{});
    auto found = co_await service.accounts.find(request.part(0), made_at, deadline);
    // The projection need not come as far as what says that it is there: but if it has not got it
    // yet, then it may have to.
    const bool lacks_it = found && found->details.balance.number.is_none();
    if (lacks_it) found = co_await service.accounts.find(request.part(0), there_at, deadline);
    if (found) service.note_head(found->as_of);
    if (!found || found->details.balance.number.is_none()) {
        co_return Problem{"read_unavailable",
                          "the account is open, but it cannot be shown now; the same request is "
                          "safe to repeat"}
            .answer();
    }
    made.body = account_body(found->details, found->as_of);
    made.with("ETag", "\"" + std::to_string(found->details.balance.version) + "\"");
    co_return made;
}

}  // namespace daybook::http
