#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/read_options.h"
#include "export/fork_text.h"
#include "gateway/query_client.h"
#include "json/line.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

struct StatusOptions {
    std::string query;
    std::uint64_t wait_ms = 2000;
    bool as_json = false;
};

// One of a newer server by its number.
std::string name_of_rejection(std::size_t code) {
    const auto name = name_of_code(static_cast<std::uint16_t>(code));
    return name.empty() ? std::to_string(code) : std::string{name};
}

std::optional<journal::Origin> origin_of(const schema::Status& status) {
    if (!status.origin) return std::nullopt;
    return journal::Origin{status.origin->book, status.origin->seq, status.origin->block};
}

void print_json(const schema::Status& status, const schema::BookFacts& facts) {
    const auto& standing = status.standing;
    json::Line json;
    json.begin_object().text("book", to_hex(status.book.bytes));
    exports::write_origin(json, origin_of(status));
    json.big("head_seq", standing.head)
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
    const auto& sizes = facts.sizes;
    json.big("accepted", facts.accepted()).begin_object("rejected");
    for (std::size_t code = 1; code < facts.outcomes.size(); ++code) {
        if (facts.outcomes[code] != 0) json.big(name_of_rejection(code), facts.outcomes[code]);
    }
    json.end_object()
        .big("assets", sizes.assets)
        .big("accounts", sizes.accounts)
        .big("open_holds", sizes.open_holds)
        .big("unique_references", sizes.references)
        .begin_array("blocks");
    for (const auto& block : facts.blocks) {
        json.begin_object()
            .big("number", block.number)
            .big("first_seq", block.first_seq)
            .signed_big("stamp_ns", block.stamp.nanoseconds())
            .small("records", block.record_count)
            .big("payload_bytes", block.payload_bytes)
            .end_object();
    }
    json.end_array().end_object();
    fmt::print("{}\n", json.str());
}

// How far apart the newest blocks are, on the average; 0 when there are less than two.
std::int64_t block_interval_ns(const schema::BookFacts& facts) {
    const auto& blocks = facts.blocks;
    if (blocks.size() < 2) return 0;
    const auto span = blocks.front().stamp.nanoseconds() - blocks.back().stamp.nanoseconds();
    return span / static_cast<std::int64_t>(blocks.size() - 1);
}

// `insufficient_funds 5, same_account 1`
std::string rejections(const schema::BookFacts& facts) {
    std::string text;
    for (std::size_t code = 1; code < facts.outcomes.size(); ++code) {
        if (facts.outcomes[code] == 0) continue;
        text += fmt::format("{}{} {}", text.empty() ? ": " : ", ", name_of_rejection(code),
                            facts.outcomes[code]);
    }
    return text;
}

void print_text(const schema::Status& status, const schema::BookFacts& facts) {
    const auto& standing = status.standing;
    const auto at = [](Seq seq, Stamp stamp) {
        return fmt::format("seq {}{}", seq.value(),
                           stamp.is_none() ? "" : " of " + to_string(stamp));
    };
    fmt::print("book            {}\n", to_hex(status.book.bytes));
    if (const auto origin = origin_of(status)) {
        fmt::print("fork of         {}\n", exports::describe(*origin));
    }
    fmt::print("journal         {}\n", at(standing.head, standing.head_stamp));
    fmt::print("projection      {}\n", at(standing.watermark, standing.watermark_stamp));
    // In whole microseconds, as the stamps are.
    fmt::print("lag             {} records, {} us\n", standing.lag_records(),
               standing.lag_ns() / 1000);
    fmt::print("readers         {} of the journal, the oldest {} txns old\n", status.journal.count,
               status.journal.oldest_txns);
    fmt::print("                {} of the projection, the oldest {} txns old\n",
               status.projection.count, status.projection.oldest_txns);
    const auto& sizes = facts.sizes;
    fmt::print("holds           assets {}, accounts {}, open holds {}, unique references {}\n",
               sizes.assets, sizes.accounts, sizes.open_holds, sizes.references);
    fmt::print("records         {} accepted, {} rejected{}\n", facts.accepted(), facts.rejected(),
               rejections(facts));
    if (facts.blocks.empty()) return;
    const auto& newest = facts.blocks.front();
    fmt::print("block           {}, {} records in {} bytes; the newest {} are {} us apart\n",
               newest.number, newest.record_count, newest.payload_bytes, facts.blocks.size(),
               block_interval_ns(facts) / 1000);
}

int show_status(const StatusOptions& options) {
    const auto client = gateway::QueryClient::connect(
        {.endpoint = options.query,
         .resend_after = std::chrono::milliseconds{500},
         .give_up_after = std::chrono::milliseconds{options.wait_ms}});
    if (!client) return report(client.error());
    const auto status = (*client)->status();
    if (!status) return report(status.error());
    const auto facts = (*client)->facts();
    if (!facts) return report(facts.error());
    options.as_json ? print_json(*status, *facts) : print_text(*status, *facts);
    return kExitFine;
}

}  // namespace

void add_status_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<StatusOptions>();
    auto* command = app.add_subcommand(
        "status",
        "Asks a running server how far journal and projection are, who reads them, how the records "
        "of the book ended and how large its newest blocks are; exit code 69 when it does not "
        "answer");
    add_query_option(*command, options->query);
    options->query = "tcp://127.0.0.1:7413";
    command->get_option("--query")->capture_default_str();
    add_wait_option(*command, options->wait_ms, "How long to wait for the answer, in ms");
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->callback([options, &exit_code] { exit_code = show_status(*options); });
}

}  // namespace daybook::cli
