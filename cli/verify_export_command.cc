#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/export_output.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "export/verify_export.h"

namespace daybook::cli {

namespace {

struct VerifyExportCommand {
    std::vector<std::string> directories;
    std::string public_key;
    bool as_json = false;
};

Result<exports::ExportCheck> check(exports::ExportVerifier& verifier,
                                   const std::string& directory) {
    // For the progress alone: the verifier reads it again, and says what is wrong with it.
    const auto manifest = exports::read_manifest(directory);
    const std::uint64_t before = manifest ? manifest->from.value() - 1 : 0;
    Progress progress{"checking " + directory, manifest ? manifest->counts.records : 0};
    return verifier.check(directory, [&](Seq done) {
        progress.look(done.value() - std::min(before, done.value()));
        return !is_stop_requested();
    });
}

int verify_exports(const VerifyExportCommand& options) {
    notice_stop_signals();
    exports::ExportVerifier verifier{options.public_key};
    for (const auto& directory : options.directories) {
        const auto checked = check(verifier, directory);
        if (!checked) {
            const int code = report(checked.error());
            return is_stop_requested() ? exit_code_after_stop() : code;
        }
        if (options.as_json) {
            fmt::print("{}\n", check_json(*checked, directory));
        } else {
            print_check(*checked, directory);
        }
        if (checked->finding) return kExitFinding;
    }
    return kExitFine;
}

}  // namespace

void add_verify_export_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<VerifyExportCommand>();
    auto* command = app.add_subcommand(
        "verify-export",
        "Recomputes what the manifest of an export says from its files alone, with no server and "
        "no "
        "journal; several exports must follow each other without gap or overlap");
    command
        ->add_option("DIR", options->directories,
                     "Directories that `daybook export` made, in the order of their seqs")
        ->required()
        ->type_name("DIR");
    command
        ->add_option(
            "--public-key", options->public_key,
            "Demand that each manifest is signed by the owner of this Ed25519 key (PEM); without "
            "it a signature is not checked")
        ->type_name("FILE");
    command->add_flag("--json", options->as_json, "Print one JSON object an export");
    command->footer(R"(Exit codes:
  0 clean   1 a finding: the first place that is not as it was exported
  65 the manifest, or the key, is none   66 there is no export, or no key

Examples:
  daybook verify-export 2026-03
  daybook verify-export archive/0001 archive/0002 archive/0003 --public-key public.pem

What is clean agrees with itself. That it is what the owner exported, only a signature proves, or a chain head that was
kept elsewhere. A block of JSONL that the end of a cut splits is checked when the next export is named too; what no
whole block covers is said.)");
    command->callback([options, &exit_code] { exit_code = verify_exports(*options); });
}

}  // namespace daybook::cli
