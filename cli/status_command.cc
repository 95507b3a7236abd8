#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/read_options.h"
#include "gateway/query_client.h"

namespace daybook::cli {

namespace {

struct StatusOptions {
    std::string query;
    std::uint64_t wait_ms = 2000;
    bool as_json = false;
};

void print_json(const schema::Status& status) {
    const auto& standing = status.standing;
    JsonLine json;
    json.begin_object()
        .text("book", to_hex(status.book.bytes))
        .big("head_seq", standing.head)
        .signed_big("head_stamp_ns", standing.head_stamp.nanoseconds())
        .big("watermark_seq", standing.watermark)
        .signed_big("watermark_stamp_ns", standing.watermark_stamp.nanoseconds())
        .big("lag_records", standing.lag_records())
        .signed_big("lag_ns", standing.lag_ns());
    for (const auto& [name, readers] :
         {std::pair{"journal", &status.journal}, std::pair{"projection", &status.projection}}) {
        json.begin_object(name)
            .small("readers", readers->count)
            .big("oldest_reader_txns", readers->oldest_txns)
            .end_object();
    }
    json.end_object();
    fmt::print("{}\n", json.str());
}

void print_text(const schema::Status& status) {
    const auto& standing = status.standing;
    const auto at = [](Seq seq, Stamp stamp) {
        return fmt::format("seq {}{}", seq.value(),
                           stamp.is_none() ? "" : " of " + to_string(stamp));
    };
    fmt::print("book            {}\n", to_hex(status.book.bytes));
    fmt::print("journal         {}\n", at(standing.head, standing.head_stamp));
    fmt::print("projection      {}\n", at(standing.watermark, standing.watermark_stamp));
    // In whole microseconds, as the stamps are.
    fmt::print("lag             {} records, {} us\n", standing.lag_records(),
               standing.lag_ns() / 1000);
    fmt::print("readers         {} of the journal, the oldest {} txns old\n", status.journal.count,
               status.journal.oldest_txns);
    fmt::print("                {} of the projection, the oldest {} txns old\n",
               status.projection.count, status.projection.oldest_txns);
}

int show_status(const StatusOptions& options) {
    const auto client = gateway::QueryClient::connect(
        {.endpoint = options.query,
         .resend_after = std::chrono::milliseconds{500},
         .give_up_after = std::chrono::milliseconds{options.wait_ms}});
    if (!client) return report(client.error());
    const auto status = (*client)->status();
    if (!status) return report(status.error());
    options.as_json ? print_json(*status) : print_text(*status);
    return kExitFine;
}

}  // namespace

void add_status_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<StatusOptions>();
    auto* command = app.add_subcommand(
        "status",
        "Asks a running server how far journal and projection are and who reads them; exit code 69 "
        "when it does not answer");
    add_query_option(*command, options->query);
    options->query = "tcp://127.0.0.1:7413";
    command->get_option("--query")->capture_default_str();
    add_wait_option(*command, options->wait_ms, "How long to wait for the answer, in ms");
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->callback([options, &exit_code] { exit_code = show_status(*options); });
}

}  // namespace daybook::cli
