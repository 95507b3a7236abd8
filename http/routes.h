// Routes: which path and method is answered by what, and who may. Private to http/'s sources.
#pragma once

#include <optional>
#include <string_view>

#include "http/problem.h"
#include "http/service.h"

namespace daybook::http {

using Handler = asio::awaitable<Answer> (*)(Service&, const Request&);

struct Route {
    std::string_view method;
    std::string_view path;  // {} is any one part
    std::optional<Scope> scope;
    Handler handler;
    // Names of the query's parameters, separated by blanks; others are refused.
    std::string_view parameters;
};

struct Judged {
    const Route* route = nullptr;
    std::string_view name = "none";       // the route's path, for the figures
    std::optional<Problem> problem = {};  // then the handler is not called
};
// By the header alone, before the body is read: which route it is, who asks, whether he may, and
// whether what he says is right as far as it goes. Sets the caller and what the path captures.
Judged judge(const Service& service, Request& request);

// write_routes.cc
asio::awaitable<Answer> post_entry(Service& service, const Request& request);
asio::awaitable<Answer> reverse_entry(Service& service, const Request& request);
asio::awaitable<Answer> place_hold(Service& service, const Request& request);
asio::awaitable<Answer> capture_hold(Service& service, const Request& request);
asio::awaitable<Answer> release_hold(Service& service, const Request& request);
asio::awaitable<Answer> set_account_state(Service& service, const Request& request);
asio::awaitable<Answer> set_limits(Service& service, const Request& request);
// put_routes.cc
asio::awaitable<Answer> put_asset(Service& service, const Request& request);
asio::awaitable<Answer> put_account(Service& service, const Request& request);
// batch_routes.cc
asio::awaitable<Answer> post_batch(Service& service, const Request& request);
// key_routes.cc
asio::awaitable<Answer> void_key(Service& service, const Request& request);
asio::awaitable<Answer> get_command(Service& service, const Request& request);
// account_routes.cc
asio::awaitable<Answer> get_account(Service& service, const Request& request);
asio::awaitable<Answer> get_balance(Service& service, const Request& request);
asio::awaitable<Answer> list_accounts(Service& service, const Request& request);
asio::awaitable<Answer> get_trial_balance(Service& service, const Request& request);
// statement_routes.cc
asio::awaitable<Answer> get_statement(Service& service, const Request& request);
// entry_routes.cc
asio::awaitable<Answer> get_entry(Service& service, const Request& request);
asio::awaitable<Answer> find_entries(Service& service, const Request& request);
// journal_routes.cc
asio::awaitable<Answer> get_journal(Service& service, const Request& request);
asio::awaitable<Answer> get_head(Service& service, const Request& request);
asio::awaitable<Answer> get_record(Service& service, const Request& request);
asio::awaitable<Answer> get_stream(Service& service, const Request& request);
// status_routes.cc
asio::awaitable<Answer> get_limits(Service& service, const Request& request);
asio::awaitable<Answer> get_status(Service& service, const Request& request);
asio::awaitable<Answer> get_health(Service& service, const Request& request);
asio::awaitable<Answer> get_readiness(Service& service, const Request& request);
asio::awaitable<Answer> get_metrics(Service& service, const Request& request);
asio::awaitable<Answer> get_contract(Service& service, const Request& request);
// Any file of the console; `/` is its page.
// Whether the path is one of the console's files.
bool has_file(const Request& request);
asio::awaitable<Answer> get_file(Service& service, const Request& request);

}  // namespace daybook::http
