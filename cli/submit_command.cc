#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/line_source.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "cli/standard_output.h"
#include "gateway/command_client.h"
#include "json/command_reader.h"
#include "schema/command_codec.h"

namespace daybook::cli {

namespace {

struct SubmitOptions {
    std::string endpoint;
    std::string file;
    bool is_dry_run = false;
};

bool is_transfer(const Command& command) {
    return kind_of(command) == CommandKind::transfer;
}

// What a `void_key` wants is the rejection; an acceptance means that its command had been decided.
bool is_as_asked(const Command& command, const schema::Receipt& receipt) {
    const bool is_void = kind_of(command) == CommandKind::void_key;
    return is_void ? receipt.code == code_of(Rejection::voided)
                   : exit_code_of(receipt) == kExitFine;
}

// Commands that go out in one message: transfers or others, never both.
class Batch {
public:
    // False when it must be sent first.
    bool takes(const Command& command, std::size_t bytes) const {
        if (commands_.empty()) return true;
        return is_transfer(command) == is_transfer(commands_.front()) &&
               commands_.size() < kCommandsMax && bytes_ + bytes <= kBytesMax;
    }
    void add(Command command, std::size_t bytes) {
        commands_.push_back(std::move(command));
        bytes_ += bytes;
    }
    std::vector<Command> take() {
        bytes_ = 0;
        return std::exchange(commands_, {});
    }
    bool is_empty() const { return commands_.empty(); }

private:
    static constexpr std::size_t kCommandsMax = 1000;
    static constexpr std::size_t kBytesMax = std::size_t{768} << 10;

    std::vector<Command> commands_;
    std::size_t bytes_ = 0;
};

// Sends a message of commands and waits for its receipts, so that each command is decided after
// those of the lines before it.
Result<std::vector<schema::Receipt>> exchange(gateway::CommandClient& client,
                                              const std::vector<Command>& commands,
                                              bool is_dry_run) {
    if (!is_transfer(commands.front())) {
        return is_dry_run ? client.dry_run(commands) : client.execute(commands);
    }
    std::vector<schema::Receipt> receipts;
    if (is_dry_run) {
        for (const auto& command : commands) {
            auto one = client.dry_run(std::span{&command, 1});
            if (!one) return one;
            receipts.push_back(std::move(one->front()));
        }
        return receipts;
    }
    std::vector<Transfer> transfers;
    transfers.reserve(commands.size());
    for (const auto& command : commands)
        transfers.push_back(std::get<Transfer>(command));
    const auto ticket = client.submit(transfers);
    if (!ticket) return std::unexpected{ticket.error()};
    CHECK_INVARIANT(ticket->has_value(), "the window is open when nothing is in flight");
    for (;;) {
        auto completed = client.poll(std::chrono::seconds{1});
        if (completed) return std::move(completed->receipts);
    }
}

class Submission {
public:
    Submission(LineSource& source, gateway::CommandClient& client, bool is_dry_run)
        : source_{source}, client_{client}, is_dry_run_{is_dry_run} {}

    // Every line; the exit code.
    int run() {
        for (;;) {
            // Whoever writes may be waiting for receipts before the next line.
            if (!source_.has_line()) {
                if (const auto sent = send(); !sent) return stop(sent.error());
            }
            const auto line = source_.next();
            if (!line) return stop_before(line.error());
            if (!*line) break;
            if ((*line)->find_first_not_of(" \t") == std::string_view::npos) continue;
            auto command = json::read_command(**line);
            if (!command) return stop_before(command.error());
            const std::size_t bytes = encoder_.encode(*command).size();
            if (!encoder_.fits()) return stop_before(too_large());
            if (!batch_.takes(*command, bytes)) {
                if (const auto sent = send(); !sent) return stop(sent.error());
            }
            batch_.add(*std::move(command), bytes);
        }
        if (const auto sent = send(); !sent) return stop(sent.error());
        return is_any_refused_ ? kExitFinding : kExitFine;
    }

private:
    static Error too_large() {
        const auto code = code_of(Malformation::too_large);
        return {ErrorCode::bad_input,
                std::string{name_of_code(code)} + ": " + std::string{remedy_of_code(code)}};
    }

    // What is gathered. An error when no answer came, or one that asks to send again.
    Result<void> send() {
        if (batch_.is_empty()) return {};
        const auto commands = batch_.take();
        const auto receipts = exchange(client_, commands, is_dry_run_);
        if (!receipts) return std::unexpected{receipts.error()};
        Result<void> result;
        for (std::size_t i = 0; i < commands.size(); ++i) {
            const auto& receipt = (*receipts)[i];
            const int code = exit_code_of(receipt);
            is_any_refused_ = is_any_refused_ || !is_as_asked(commands[i], receipt);
            output_.text() += receipt_json(receipt, key_of(commands[i])) + "\n";
            if (code <= kExitFinding || !result) continue;
            const bool is_retryable = code == exit_code(ErrorCode::try_again);
            result = fail(is_retryable ? ErrorCode::try_again : ErrorCode::bad_input,
                          std::string{name_of_code(receipt.code)} + ": " +
                              std::string{remedy_of_code(receipt.code)});
        }
        answered_ += commands.size();
        const auto written = output_.flush();
        if (!written) return std::unexpected{written.error()};
        // Whoever reads the receipts has gone; the commands are sent all the same.
        if (!*written) output_.text().clear();
        if (progress_) progress_->look(answered_);
        return result;
    }

    // At a line that cannot be sent: those before it are.
    int stop_before(const Error& error) {
        const auto place = source_.name() + ":" + std::to_string(source_.line_number());
        if (const auto sent = send(); !sent) return stop(sent.error());
        progress_.reset();
        return report({error.code, place + ": " + error.detail + "; " + std::to_string(answered_) +
                                       " commands before it were " +
                                       (is_dry_run_ ? "tried" : "sent") + ", nothing after it"});
    }
    int stop(const Error& error) {
        progress_.reset();
        const bool is_worth_it =
            error.code == ErrorCode::try_again || error.code == ErrorCode::unreachable;
        return report({error.code, error.detail + "; " + std::to_string(answered_) +
                                       " commands were answered" +
                                       (is_worth_it ? "; submit the same again, all of it" : "")});
    }

    LineSource& source_;
    gateway::CommandClient& client_;
    bool is_dry_run_;
    bool is_any_refused_ = false;
    std::size_t answered_ = 0;
    schema::CommandEncoder encoder_;
    Batch batch_;
    StandardOutput output_;
    // Receipts on a terminal are progress enough.
    std::optional<Progress> progress_ =
        isatty(STDOUT_FILENO) == 1 ? std::nullopt : std::make_optional<Progress>("submitting", 0);
};

int submit(const SubmitOptions& options) {
    auto source = LineSource::open(options.file);
    if (!source) return report(source.error());
    gateway::ClientOptions client_options;
    client_options.endpoint = options.endpoint;
    const auto client = gateway::CommandClient::connect(client_options);
    if (!client) return report(client.error());
    return Submission{*source, **client, options.is_dry_run}.run();
}

}  // namespace

void add_submit_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<SubmitOptions>();
    auto* command = app.add_subcommand(
        "submit",
        "Sends commands of every kind from JSON lines, in their order, and prints a receipt for "
        "each. Each has its key, so that the same file sent again changes nothing");
    command->add_option("FILE", options->file, "The lines; - is standard input")->required();
    add_connect_option(*command, options->endpoint);
    command->add_flag("--dry-run", options->is_dry_run,
                      "Say what would be decided now of each command on its own; write nothing");
    command->footer(
        R"(A line is {"key":"...","kind":"...", ...} with the fields that docs/jsonl.md has for the kind,
beside these two or in "command", as `daybook tail --json` prints them. Amounts are in minor units.
At a line that is wrong it stops: those before it are sent, none after it.

Examples:
  daybook submit commands.jsonl > receipts.jsonl
  echo '{"key":"end-17","kind":"release_hold","hold":"1017"}' | daybook submit - --dry-run

Exit codes:
  0 every command is accepted, or was; keys are voided   1 some are rejected or refused
  65 a line is wrong   66 no such file   69 server not reachable   75 try again)");
    command->callback([options, &exit_code] { exit_code = submit(*options); });
}

}  // namespace daybook::cli
