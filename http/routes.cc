#include "http/routes.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <spdlog/spdlog.h>

#include "http/writing.h"

namespace daybook::http {

namespace {

constexpr auto kRead = Scope::read;
constexpr auto kPost = Scope::post;
constexpr auto kAdmin = Scope::admin;

// The most frequent first.
constexpr std::array kRoutes = std::to_array<Route>({
    {"POST", "/v1/entries", kPost, &post_entry, "dry_run"},
    {"GET", "/v1/accounts/{}", kRead, &get_account, ""},
    {"GET", "/v1/accounts/{}/balance", kRead, &get_balance, "as_of_seq as_of_time"},
    {"POST", "/v1/batches", kPost, &post_batch, "dry_run"},
    {"POST", "/v1/holds", kPost, &place_hold, "dry_run"},
    {"POST", "/v1/holds/{}/capture", kPost, &capture_hold, "dry_run"},
    {"POST", "/v1/holds/{}/release", kPost, &release_hold, "dry_run"},
    {"POST", "/v1/entries/{}/reverse", kPost, &reverse_entry, "dry_run"},
    {"POST", "/v1/commands/{}/void", kPost, &void_key, ""},
    {"GET", "/v1/commands/{}", kRead, &get_command, ""},
    {"PUT", "/v1/assets/{}", kAdmin, &put_asset, ""},
    {"PUT", "/v1/accounts/{}", kAdmin, &put_account, ""},
    {"POST", "/v1/accounts/{}/state", kAdmin, &set_account_state, "dry_run"},
    {"POST", "/v1/accounts/{}/limits", kAdmin, &set_limits, "dry_run"},
    {"GET", "/v1/accounts", kRead, &list_accounts,
     "prefix asset type state as_of_seq limit cursor"},
    {"GET", "/v1/accounts/{}/entries", kRead, &get_statement,
     "from_seq to_seq from_time to_time limit cursor"},
    {"GET", "/v1/entries/{}", kRead, &get_entry, ""},
    {"GET", "/v1/entries", kRead, &find_entries, "reference limit cursor"},
    {"GET", "/v1/trial-balance", kRead, &get_trial_balance, "as_of_seq as_of_time"},
    {"GET", "/v1/journal/head", kRead, &get_head, ""},
    {"GET", "/v1/journal/{}", kRead, &get_record, ""},
    {"GET", "/v1/journal", kRead, &get_journal, "from_seq limit cursor"},
    {"GET", "/v1/stream", kRead, &get_stream, "events from_seq account max_per_second"},
    {"GET", "/v1/limits", kRead, &get_limits, ""},
    {"GET", "/v1/status", kRead, &get_status, ""},
    {"GET", "/healthz", {}, &get_health, ""},
    {"GET", "/readyz", {}, &get_readiness, ""},
    {"GET", "/metrics", {}, &get_metrics, ""},
    {"GET", "/openapi.json", {}, &get_contract, ""},
});
constexpr Route kFiles{"GET", "/", {}, &get_file, ""};
constexpr std::string_view kNoRoute = "none";

// Whether `path` is the route's; what stands for {} is captured.
bool matches(std::string_view pattern, const std::vector<std::string>& path,
             std::vector<std::string>& captured) {
    captured.clear();
    pattern.remove_prefix(1);
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (pattern.empty()) return false;
        const auto slash = pattern.find('/');
        const auto part = pattern.substr(0, slash);
        if (part == "{}") {
            if (path[i].empty()) return false;
            captured.push_back(path[i]);
        } else if (part != path[i]) {
            return false;
        }
        pattern = slash == std::string_view::npos ? "" : pattern.substr(slash + 1);
    }
    return pattern.empty();
}

bool is_known(std::string_view parameters, std::string_view name) {
    while (!parameters.empty()) {
        const auto blank = parameters.find(' ');
        if (parameters.substr(0, blank) == name) return true;
        if (blank == std::string_view::npos) break;
        parameters.remove_prefix(blank + 1);
    }
    return false;
}

// What is wrong with the header fields that any route may have.
std::optional<Problem> check_fields(const Request& request) {
    const auto bad = [](const std::string& why) { return Problem{"bad_header", why}; };
    if (!request.min_seq.empty()) {
        const auto seq = parse_digits(request.min_seq);
        if (!seq || *seq > kSeqMax.value()) return bad("Daybook-Min-Seq is not a seq");
    }
    const bool states_wait = request.prefer.find("wait=") != std::string::npos;
    if (states_wait && !wait_in(request.prefer)) return bad("Prefer: wait=N needs whole seconds");
    return std::nullopt;
}

// Without tokens whoever comes over loopback may everything; a page of another site, in the
// browser of somebody on this machine, may not: neither by its own name for this address, nor by
// asking across sites.
std::optional<Problem> check_site(const Service& service, const Request& request) {
    if (service.tokens.are_needed()) return std::nullopt;
    if (!request.host.empty() && !is_local_host(request.host, service.options.listen)) {
        return Problem{"forbidden",
                       "Host is another; without tokens it is localhost or the listen address"};
    }
    if (!request.origin.empty() && !is_same_site(request.origin, request.host)) {
        return Problem{"forbidden", "the request comes from a page of another site"};
    }
    return std::nullopt;
}

// What is wrong with a body, as far as the header tells. Only who may write has one read: of the
// others, whom nobody knows, none may take up room.
std::optional<Problem> check_body(const Request& request, const Route& route) {
    if (!request.expect.empty() && !is_continue(request.expect)) {
        return Problem{"expectation_failed"};
    }
    if (!request.has_body) return std::nullopt;
    if (route.method == "GET") return Problem{"bad_request", "no GET needs a body"};
    if (!is_json(request.content_type)) {
        return Problem{"unsupported_media_type"};
    }
    return std::nullopt;
}

std::optional<Problem> check(const Service& service, Request& request, const Route& route) {
    if (auto wrong = check_site(service, request)) return wrong;
    const auto caller = service.tokens.caller_of(request.authorization);
    if (route.scope && !caller) {
        return Problem{"unauthenticated"}.with_field("WWW-Authenticate",
                                                     "Bearer realm=\"daybook\"");
    }
    if (caller) request.caller = *caller;
    if (route.scope && !request.caller.may(*route.scope)) {
        return Problem{"forbidden",
                       "the token has not the scope " + std::string{name_of(*route.scope)}};
    }
    for (const auto& [name, value] : request.target.query) {
        if (!is_known(route.parameters, name)) {
            return Problem{"bad_parameter", "the parameter '" + name + "' is not known here"};
        }
    }
    if (auto wrong = check_fields(request)) return wrong;
    if (route.method == "POST") {
        if (auto key = key_of(request); !key) return key.error();
    }
    return check_body(request, route);
}

// The path is none of a route with this method.
Problem not_found(const Request& request) {
    std::string allowed;
    // Two routes may fit one path.
    const auto add = [&allowed](std::string_view method) {
        if (allowed.find(method) != std::string::npos) return;
        if (!allowed.empty()) allowed += ", ";
        allowed += method;
    };
    std::vector<std::string> captured;
    for (const auto& route : kRoutes) {
        if (!matches(route.path, request.target.path, captured)) continue;
        add(route.method);
        if (route.method == "GET") add("HEAD");
    }
    if (allowed.empty()) return Problem{"route_unknown"};
    return Problem{"method_not_allowed"}.with_field("Allow", allowed);
}

// Null: none, and `problem` says why.
const Route* find_route(Request& request, std::optional<Problem>& problem) {
    std::string_view method{request.method};
    if (method == "HEAD") method = "GET";
    for (const auto& known : kRoutes) {
        const bool is_it =
            known.method == method && matches(known.path, request.target.path, request.captured);
        if (is_it) return &known;
    }
    problem = not_found(request);
    const bool is_api = !request.target.path.empty() && request.target.path[0] == "v1";
    if (is_api || problem->answer().status == 405) return nullptr;
    if (method == "GET") return &kFiles;
    if (has_file(request)) {
        problem = Problem{"method_not_allowed"}.with_field("Allow", "GET, HEAD");
    }
    return nullptr;
}

}  // namespace

Judged judge(const Service& service, Request& request) {
    std::optional<Problem> problem;
    const auto* route = find_route(request, problem);
    if (route != nullptr) problem = check(service, request, *route);
    return {route, route == nullptr ? kNoRoute : route->path, std::move(problem)};
}

}  // namespace daybook::http
