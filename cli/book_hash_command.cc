#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/book_hash.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

struct BookHashOptions {
    std::string data;
    bool as_json = false;
};

int print_book_hash(const BookHashOptions& options) {
    const auto balances = DataDirectory{options.data}.open_projection();
    if (!balances) return report(balances.error());
    const auto view = (*balances)->view();
    if (!view) return report(view.error());
    const auto hash = hash_of_book(*view);
    if (!hash) return report(hash.error());
    if (options.as_json) {
        json::Line line;
        line.begin_object()
            .text("book_hash", to_hex(hash->bytes))
            .big("watermark", view->watermark().seq)
            .end_object();
        fmt::print("{}\n", line.str());
    } else {
        fmt::print("{}  at seq {}\n", to_hex(hash->bytes), view->watermark().seq.value());
    }
    return kExitFine;
}

}  // namespace

void add_book_hash_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<BookHashOptions>();
    auto* command = app.add_subcommand("book-hash",
                                       "Prints one hash over all that the projection holds, to "
                                       "compare books by; `verify` prints the "
                                       "journal's");
    add_data_option(*command, options->data);
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(R"(Exit codes:
  0 fine   66 no projection

Example:
  daybook book-hash --data /var/lib/daybook)");
    command->callback([options, &exit_code] { exit_code = print_book_hash(*options); });
}

}  // namespace daybook::cli
