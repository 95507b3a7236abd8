#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/id_text.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/read_options.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

using projector::Balances;
using projector::OpenHold;
using projector::View;

struct HoldViewOptions {
    ReadOptions read;
    std::string id;
    std::string account;
};

struct HoldLine {
    OpenHold hold;
    AccountLine debit;
    std::string credit;
};

Result<HoldLine> line_of(const View& view, const OpenHold& hold) {
    auto debit = account_line(view, hold.debit);
    if (!debit) return std::unexpected{debit.error()};
    auto credit = account_line(view, hold.credit);
    if (!credit) return std::unexpected{credit.error()};
    return HoldLine{hold, *std::move(debit), std::move(credit->account.code)};
}

void print_json(const HoldLine& line, Seq as_of) {
    const auto& [hold, debit, credit] = line;
    json::Line json;
    json.begin_object()
        .text("hold", to_string(hold.id))
        .text("debit", debit.account.code)
        .text("credit", credit)
        .text("asset", debit.asset.code)
        .small("scale", debit.asset.scale)
        .amount("remaining", hold.remaining)
        .amount("captured", hold.captured);
    if (!hold.expires_at.is_none()) {
        json.text("expires_at", to_string(hold.expires_at))
            .signed_big("expires_at_ns", hold.expires_at.nanoseconds());
    }
    json.big("as_of_seq", as_of).end_object();
    fmt::print("{}\n", json.str());
}

void print_lines(const std::vector<HoldLine>& lines, Seq as_of, bool as_json) {
    if (as_json) {
        for (const auto& line : lines)
            print_json(line, as_of);
        return;
    }
    Table table{{"HOLD", "DEBIT", "CREDIT", "ASSET", "REMAINING", "CAPTURED", "EXPIRES"}, {4, 5}};
    for (const auto& [hold, debit, credit] : lines) {
        table.add({to_string(hold.id), debit.account.code, credit, debit.asset.code,
                   to_decimal(hold.remaining, debit.asset.scale),
                   to_decimal(hold.captured, debit.asset.scale),
                   hold.expires_at.is_none() ? "never" : to_string(hold.expires_at)});
    }
    table.print();
    fmt::print("as of seq {}\n", as_of.value());
}

Result<std::vector<HoldLine>> one_hold(const View& view, EntryId id) {
    const auto hold = view.hold(id);
    if (!hold) return std::unexpected{hold.error()};
    if (!*hold) {
        const auto text = to_string(id);
        return fail(ErrorCode::not_found, "no hold " + text + " is open as of seq " +
                                              std::to_string(view.watermark().seq.value()) +
                                              "; `daybook hold release " + text +
                                              " --dry-run` says how it ended");
    }
    auto line = line_of(view, **hold);
    if (!line) return std::unexpected{line.error()};
    return std::vector{*std::move(line)};
}

// Those of the account alone, when one is named.
Result<std::vector<HoldLine>> open_holds(const View& view, const std::string& account) {
    AccountNumber only;
    if (!account.empty()) {
        const auto line = account_line(view, account);
        if (!line) return std::unexpected{line.error()};
        only = line->account.number;
    }
    std::vector<HoldLine> lines;
    Result<void> problem;
    const auto visited = view.for_each_hold([&](const OpenHold& hold) {
        if (!only.is_none() && hold.debit != only && hold.credit != only) return true;
        auto line = line_of(view, hold);
        if (!line) problem = std::unexpected{line.error()};
        if (line) lines.push_back(*std::move(line));
        return problem.has_value();
    });
    if (!visited) return std::unexpected{visited.error()};
    if (!problem) return std::unexpected{problem.error()};
    return lines;
}

int view_holds(const HoldViewOptions& options, std::optional<EntryId> id) {
    const auto balances = DataDirectory{options.read.data}.open_projection();
    if (!balances) return report(balances.error());
    ReadOptions read = options.read;
    if (id)
        read.min_seq = std::max(read.min_seq, id->seq().value());  // placed just now, it is there
    Seq as_of;
    Result<std::vector<HoldLine>> lines;
    {
        // However slowly the output is read, the view is let go of first.
        const auto view = open_view(**balances, read);
        if (!view) return report(view.error());
        as_of = view->watermark().seq;
        lines = id ? one_hold(*view, *id) : open_holds(*view, options.account);
    }
    if (!lines) return report(lines.error());
    print_lines(*lines, as_of, options.read.as_json);
    return kExitFine;
}

int show(const HoldViewOptions& options) {
    const auto id = parse_typed_id(options.id);
    return id ? view_holds(options, *id) : report(id.error());
}

}  // namespace

void add_hold_views(Subcommand& hold, int& exit_code) {
    auto shown = std::make_shared<HoldViewOptions>();
    auto* show_command = hold.add_subcommand(
        "show", "Prints an open hold from the projection, with the seq it stands at");
    show_command->add_option("ID", shown->id, kIdHelp)->required();
    add_read_options(*show_command, shown->read);
    show_command->footer(R"(Examples:
  daybook hold show 1017
  daybook hold show 1017 --json --min-seq 1017

Exit codes:
  0 it is open   64 usage   66 no such hold is open   75 not applied yet   76 damaged)");
    show_command->callback([shown, &exit_code] { exit_code = show(*shown); });

    auto listed = std::make_shared<HoldViewOptions>();
    auto* list_command = hold.add_subcommand(
        "list", "Prints the open holds in the order of placing, with the seq they stand at");
    list_command
        ->add_option("--account", listed->account, "Only those that will debit or credit it")
        ->type_name("ACCOUNT");
    add_read_options(*list_command, listed->read);
    list_command->footer(R"(Examples:
  daybook hold list
  daybook hold list --account users:alice --json

Exit codes:
  0 fine   64 usage   66 no such account or projection   75 not applied yet   76 damaged)");
    list_command->callback([listed, &exit_code] { exit_code = view_holds(*listed, {}); });
}

}  // namespace daybook::cli
