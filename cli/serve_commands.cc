#include <atomic>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/endpoint_claims.h"
#include "cli/exit_code.h"
#include "cli/http_options.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/projection_at_start.h"
#include "cli/signals.h"
#include "export/fork_text.h"
#include "http/server.h"
#include "projector/projector.h"
#include "projector/query_server.h"
#include "sequencer/sequencer.h"

namespace daybook::cli {

namespace {

struct ServeOptions {
    std::string data;
    sequencer::Options sequencer;
    projector::QueryOptions query;
    std::uint64_t disk_reserve_mib = 1024;
    HttpOptions http;
    std::optional<std::string> http_listen;  // none stated

    // Beside endpoints of its own choice a server has HTTP where it is told to.
    std::string http_address() const {
        if (http_listen) return *http_listen;
        const bool is_usual = sequencer.listen == sequencer::Options{}.listen;
        return is_usual ? http.options.listen : "";
    }
};

// A role that works in a thread of its own until it is stopped or fails; either ends the process.
template <typename Role>
class Running {
public:
    Running(Role& role, Result<void>& outcome)
        : role_{role}, thread_{[this, &outcome] {
              outcome = role_.run();
              request_stop();
          }} {}
    ~Running() {
        role_.stop();
        thread_.join();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    Running(Running&&) = delete;
    Running& operator=(Running&&) = delete;

private:
    Role& role_;
    std::thread thread_;
};

int finish(std::initializer_list<const Result<void>*> outcomes) {
    for (const auto* outcome : outcomes) {
        if (!*outcome) return report(outcome->error());
    }
    return kExitFine;
}

struct Roles {
    bool sequencer;
    bool projector;
};

// Tokens name producers, and the sequencer takes names only from gateways it trusts. It cannot tell
// its own from the others at the same endpoint, so that trust is the operator's to give.
Result<void> check_trust(const ServeOptions& options) {
    const bool names_producers =
        !options.http.options.tokens.empty() && !options.http_address().empty();
    if (!names_producers || options.sequencer.trusts_gateways) return {};
    return fail(ErrorCode::usage,
                "--tokens names producers, which the sequencer takes from trusted peers alone: "
                "give --trust-gateways too");
}

int run(const ServeOptions& options, Roles roles) {
    const bool has_http = roles.sequencer && roles.projector;
    if (const auto checked = has_http ? check_trust(options) : Result<void>{}; !checked) {
        return report(checked.error());
    }
    hold_stop_signals();
    const auto claims =
        EndpointClaims::take({{"--listen", roles.sequencer ? options.sequencer.listen : ""},
                              {"--feed", roles.sequencer ? options.sequencer.feed : ""},
                              {"--query", roles.projector ? options.query.listen : ""}});
    if (!claims) return report(claims.error());
    const DataDirectory data{options.data};
    if (roles.sequencer) {
        if (const auto created = data.create_if_new(); !created) return report(created.error());
    }
    const auto journal = data.open_journal(roles.sequencer ? journal::Access::read_write
                                                           : journal::Access::read_only);
    if (!journal) return report(journal.error());

    SystemClock clock;
    std::unique_ptr<sequencer::Sequencer> sequencer;
    if (roles.sequencer) {
        auto chosen = options.sequencer;
        chosen.state = data.state();
        auto opened = sequencer::Sequencer::open(*journal, chosen, clock);
        if (!opened) return report(opened.error());
        sequencer = *std::move(opened);
    }
    if (sequencer && roles.projector) {
        const auto sound =
            drop_projection_unless_sound(data.projection(), sequencer->book(), sequencer->head());
        if (!sound) return report(sound.error());
    }
    std::unique_ptr<projector::Projector> projector;
    if (roles.projector) {
        auto opened = projector::Projector::open(*journal, data.projection());
        if (!opened) return report(opened.error());
        projector = *std::move(opened);
    }
    std::unique_ptr<projector::QueryServer> queries;
    if (roles.projector && !options.query.listen.empty()) {
        auto opened = projector::QueryServer::open(*journal, data.projection(), options.query);
        if (!opened) return report(opened.error());
        queries = *std::move(opened);
    }

    std::unique_ptr<http::Server> gateway;
    if (roles.sequencer && roles.projector && !options.http_address().empty()) {
        auto chosen = options.http.chosen();
        chosen.listen = options.http_address();
        chosen.sequencer = options.sequencer.listen;
        chosen.queries = options.query.listen;
        chosen.feed = options.sequencer.feed;
        chosen.projection = data.projection();
        auto opened = http::Server::open(chosen);
        if (!opened) return report(opened.error());
        gateway = *std::move(opened);
    }

    Result<void> sequencer_outcome;
    Result<void> gateway_outcome;
    Result<void> projector_outcome;
    Result<void> queries_outcome;
    {
        std::optional<Running<projector::QueryServer>> answering;
        std::optional<Running<projector::Projector>> projecting;
        std::optional<Running<sequencer::Sequencer>> sequencing;
        std::optional<Running<http::Server>> serving;
        if (projector) projecting.emplace(*projector, projector_outcome);
        if (queries) {
            answering.emplace(*queries, queries_outcome);
            spdlog::info("queries at {}", options.query.listen);
        }
        if (sequencer) {
            const Seq head = sequencer->head();
            sequencing.emplace(*sequencer, sequencer_outcome);
            if (const auto& origin = (*journal)->origin()) {
                spdlog::info("this book is a fork of {}", exports::describe(*origin));
            }
            spdlog::info("book {} at seq {}: commands at {}, feed at {}",
                         to_hex((*journal)->book().bytes), head.value(), options.sequencer.listen,
                         options.sequencer.feed);
        }
        if (gateway) serving.emplace(*gateway, gateway_outcome);
        wait_for_stop();
        spdlog::info("stopping");
    }
    return finish({&sequencer_outcome, &projector_outcome, &queries_outcome, &gateway_outcome});
}

void add_sequencer_options(Subcommand& command, ServeOptions& options) {
    command.add_option("--listen", options.sequencer.listen, "Where producers send commands")
        ->capture_default_str()
        ->type_name("ENDPOINT");
    command
        .add_option("--feed", options.sequencer.feed,
                    "Where committed records are published; \"\" is nowhere")
        ->may_be_empty()
        ->capture_default_str()
        ->type_name("ENDPOINT");
    command.add_flag("--trust-gateways", options.sequencer.trusts_gateways,
                     "Let every peer say which producer a command is of, as HTTP gateways with "
                     "tokens do; without it all are producer 1");
    command
        .add_option("--disk-reserve", options.disk_reserve_mib,
                    "Refuse commands when less is free on the journal's disk, in MiB")
        ->capture_default_str()
        ->type_name("MIB");
}

void add_http(Subcommand& command, ServeOptions& options) {
    command
        .add_option("--http", options.http_listen,
                    "Where HTTP is served, ADDRESS:PORT; \"\" is nowhere (default: 127.0.0.1:7480 "
                    "beside the default --listen, else nowhere)")
        ->may_be_empty()
        ->type_name("ADDRESS");
    add_http_options(command, options.http);
}

void add_query_endpoint(Subcommand& command, ServeOptions& options) {
    command
        .add_option("--query", options.query.listen,
                    "Where queries are answered (balances, records, status); \"\" is nowhere")
        ->may_be_empty()
        ->capture_default_str()
        ->type_name("ENDPOINT");
}

void add(Subcommand& app, int& exit_code, const char* name, const char* description, Roles roles) {
    auto options = std::make_shared<ServeOptions>();
    auto* command = app.add_subcommand(name, description);
    add_data_option(*command, options->data);
    if (roles.sequencer) add_sequencer_options(*command, *options);
    if (roles.projector) add_query_endpoint(*command, *options);
    if (roles.sequencer && roles.projector) add_http(*command, *options);
    command->callback([options, roles, &exit_code] {
        options->sequencer.disk_reserve_bytes = options->disk_reserve_mib << 20;
        exit_code = run(*options, roles);
    });
}

}  // namespace

void add_serve_commands(Subcommand& app, int& exit_code) {
    add(app, exit_code, "serve",
        "Runs sequencer and projector on one data directory until Ctrl-C; makes a new book when "
        "the "
        "directory is new",
        Roles{true, true});
    add(app, exit_code, "sequencer", "Runs the sequencer alone: commands in, journal out",
        Roles{true, false});
    add(app, exit_code, "projector", "Runs the projector alone: journal in, balances out",
        Roles{false, true});
}

}  // namespace daybook::cli
