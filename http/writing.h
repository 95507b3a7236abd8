// What the routes that write have in common. Private to http/'s sources.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "http/problem.h"
#include "http/service.h"

namespace daybook::http {

template <typename T>
using OrProblem = std::expected<T, Problem>;

// The body as JSON, an object (its Content-Type was looked at with the header); an empty body is
// one without members.
OrProblem<json::Value> read_body(const Request& request);
// The body as a command of this kind, whose subject, if it has one, the path names. Its form is
// right; its key is none.
OrProblem<Command> read_command_body(const Request& request, CommandKind kind,
                                     std::string_view subject_name = {},
                                     const std::string& subject = {});
// `none` when its form is right.
Malformation form_of(Command command);

// From the header, which must have it.
OrProblem<Id128> key_of(const Request& request);
void set_key(Command& command, const Id128& key);
// Whether ?dry_run=true.
OrProblem<bool> wants_dry_run(const Request& request);

// Whether it, or a member of it, makes or changes assets or accounts.
bool needs_admin(const Command& command);

// The receipts of what the lane takes; it waits for them as Prefer says.
asio::awaitable<OrProblem<std::vector<schema::Receipt>>> submit(Service& service,
                                                                const Request& request,
                                                                CommandLane::Encoded commands);
// Whether it is a group that opens accounts.
bool opens_accounts(const Command& command);
// The names of those accounts, in an accepted dry run of it.
asio::awaitable<Result<KnownNames>> would_be_names(Service& service, const Request& request,
                                                   const Command& command,
                                                   const schema::Receipt& receipt);

// Fills in what accepted receipts came without, for want of room in a message, from the records.
asio::awaitable<Result<void>> fill_in(Service& service, std::vector<schema::Receipt>& receipts,
                                      Deadline deadline);
// A dry run has no record: for those that came without, it is asked again, each alone.
Result<std::vector<schema::Receipt>> dry_run_in_full(gateway::CommandClient& client,
                                                     const std::vector<Command>& commands);

// Decides the command, whose key is set, or says what would be decided.
asio::awaitable<Answer> decide(Service& service, const Request& request, Command command,
                               bool is_dry_run);
// Several at once, each on its own: an answer each, or why none of them has one.
asio::awaitable<OrProblem<std::vector<Answer>>> decide_all(Service& service, const Request& request,
                                                           std::vector<Command> commands,
                                                           bool is_dry_run);

// Whether a caller who sees some accounts alone sees all of the command's: also those of the hold
// or entry it is about. Nothing when he does.
asio::awaitable<std::optional<Problem>> check_accounts(Service& service, const Request& request,
                                                       const Command& command);

}  // namespace daybook::http
