// The routes of single commands.
#include "http/routes.h"
#include "http/writing.h"

namespace daybook::http {

namespace {

// The version that If-Match demands of the account the path names.
OrProblem<std::optional<Precondition>> demanded(const Request& request, const std::string& code) {
    const auto& stated = request.if_match;
    if (stated.empty() || stated == "*") return std::optional<Precondition>{};
    const bool is_quoted = stated.size() > 2 && stated.front() == '"' && stated.back() == '"';
    const auto version = is_quoted
                             ? parse_digits(std::string_view{stated}.substr(1, stated.size() - 2))
                             : std::nullopt;
    if (!version) {
        return std::unexpected{Problem{"bad_header", "If-Match is not one ETag of an account"}};
    }
    return Precondition{{{}, code}, Measure::version, Comparison::eq, SignedAmount{0, *version}};
}

asio::awaitable<Answer> write(Service& service, const Request& request, CommandKind kind,
                              std::string_view subject_name = {}) {
    const auto key = key_of(request);
    if (!key) co_return key.error().answer();
    const auto is_dry_run = wants_dry_run(request);
    if (!is_dry_run) co_return is_dry_run.error().answer();
    const bool is_of_account = subject_name == "account";
    if (!request.if_match.empty() && !is_of_account) {
        co_return Problem{"bad_header", "If-Match is for paths of one account; use require"}
            .answer();
    }
    auto command =
        read_command_body(request, kind, subject_name, subject_name.empty() ? "" : request.part(0));
    if (!command) co_return command.error().answer();
    if (is_of_account) {
        const auto condition = demanded(request, request.part(0));
        if (!condition) co_return condition.error().answer();
        std::visit(
            [&](auto& stated) {
                if constexpr (requires { stated.require; }) {
                    if (*condition) stated.require.push_back(**condition);
                }
            },
            *command);
    }
    set_key(*command, *key);
    co_return co_await decide(service, request, *std::move(command), *is_dry_run);
}

}  // namespace

asio::awaitable<Answer> post_entry(Service& service, const Request& request) {
    return write(service, request, CommandKind::post_entry);
}
asio::awaitable<Answer> reverse_entry(Service& service, const Request& request) {
    return write(service, request, CommandKind::reverse_entry, "entry");
}
asio::awaitable<Answer> place_hold(Service& service, const Request& request) {
    return write(service, request, CommandKind::place_hold);
}
asio::awaitable<Answer> capture_hold(Service& service, const Request& request) {
    return write(service, request, CommandKind::capture_hold, "hold");
}
asio::awaitable<Answer> release_hold(Service& service, const Request& request) {
    return write(service, request, CommandKind::release_hold, "hold");
}
asio::awaitable<Answer> set_account_state(Service& service, const Request& request) {
    return write(service, request, CommandKind::set_account_state, "account");
}
asio::awaitable<Answer> set_limits(Service& service, const Request& request) {
    return write(service, request, CommandKind::set_limits, "account");
}

}  // namespace daybook::http
