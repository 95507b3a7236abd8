#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "cli/command_options.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/id_text.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/stored_record.h"
#include "ledger/command.h"

namespace daybook::cli {

namespace {

struct ReverseOptions {
    CommandOptions common;
    std::string data;
    std::string id;
    std::string amounts;
};

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= text.size();) {
        const auto comma = std::min(text.find(',', start), text.size());
        parts.push_back(text.substr(start, comma - start));
        start = comma + 1;
    }
    return parts;
}

Result<std::vector<Amount>> read_amounts(const ReverseOptions& options, const Id128& book,
                                         EntryId entry) {
    std::vector<Amount> amounts;
    if (options.amounts.empty()) return amounts;
    const auto texts = split(options.amounts);
    std::vector<unsigned> scales(texts.size(), 0);
    if (!options.common.is_minor) {
        auto known = scales_of_entry(DataDirectory{options.data}, book, entry);
        if (!known) return std::unexpected{known.error()};
        scales = *std::move(known);
    }
    if (scales.size() != texts.size()) {
        return fail(ErrorCode::usage, "entry " + to_string(entry) + " has " +
                                          std::to_string(scales.size()) +
                                          " postings; give an amount for each, 0 for those that "
                                          "stay");
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto amount = parse_typed(texts[i], scales[i]);
        if (!amount) return std::unexpected{amount.error()};
        amounts.push_back(*amount);
    }
    return amounts;
}

int reverse(const ReverseOptions& options) {
    const auto id = parse_typed_id(options.id);
    if (!id) return report(id.error());
    return send_command(options.common, {}, [&](const ServerFacts& server) -> Result<Command> {
        auto amounts = read_amounts(options, server.book, *id);
        if (!amounts) return std::unexpected{amounts.error()};
        return ReverseEntry{{}, *id, *std::move(amounts)};
    });
}

}  // namespace

void add_reverse_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<ReverseOptions>();
    auto* command = app.add_subcommand(
        "reverse",
        "Posts the mirror image of an entry, or of a part of it; both stay in the journal, linked");
    command->add_option("ID", options->id, kIdHelp)->required();
    command
        ->add_option("--amounts", options->amounts,
                     "A,B,...: one for each posting of the entry, in its order, 0 where nothing is "
                     "reversed, in units of each asset; the entry is looked up in --data for them "
                     "(default: all that is not reversed yet)")
        ->type_name("AMOUNTS");
    add_data_option(*command, options->data);
    add_command_options(*command, options->common);
    command->footer(std::string{R"(Examples:
  daybook reverse 1017 --description "posted twice"
  daybook reverse 1017 --amounts 2.50,2.50 --key refund-17)"} +
                    std::string{kCommandExitCodes});
    command->callback([options, &exit_code] { exit_code = reverse(*options); });
}

}  // namespace daybook::cli
