#include <cstddef>
#include <memory>
#include <optional>
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

Result<exports::ExportCheck> check(const std::string& directory, const std::string& public_key) {
    Progress progress{"checking " + directory, 0};
    return exports::verify_export(directory, public_key, [&](Seq done) {
        progress.look(done.value());
        return !is_stop_requested();
    });
}

// Several exports must follow each other without gap or overlap.
void check_joint(exports::ExportCheck& check, const std::optional<exports::Manifest>& before,
                 const std::string& directory_before) {
    if (check.finding || !before) return;
    const auto why = exports::why_not_adjacent(*before, check.manifest);
    if (why.empty()) return;
    check.finding =
        exports::ExportFinding{std::string{exports::kManifestName},
                               0,
                               {},
                               "it does not continue '" + directory_before + "': " + why,
                               {},
                               {}};
}

int verify_exports(const VerifyExportCommand& options) {
    notice_stop_signals();
    std::optional<exports::Manifest> before;
    std::string directory_before;
    for (const auto& directory : options.directories) {
        auto checked = check(directory, options.public_key);
        if (!checked) {
            const int code = report(checked.error());
            return is_stop_requested() ? exit_code_after_stop() : code;
        }
        check_joint(*checked, before, directory_before);
        if (options.as_json) {
            fmt::print("{}\n", check_json(*checked, directory));
        } else {
            print_check(*checked, directory);
        }
        if (checked->finding) return kExitFinding;
        before = std::move(checked->manifest);
        directory_before = directory;
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
        ->add_option("--public-key", options->public_key,
                     "Demand that each manifest is signed by the owner of this Ed25519 key (PEM)")
        ->type_name("FILE");
    command->add_flag("--json", options->as_json, "Print one JSON object an export");
    command->footer(R"(Exit codes:
  0 clean   1 a finding: the first place that is not as it was exported
  65 the manifest, or the key, is none   66 there is no export, or no key

Examples:
  daybook verify-export 2026-03
  daybook verify-export archive/0001 archive/0002 archive/0003)");
    command->callback([options, &exit_code] { exit_code = verify_exports(*options); });
}

}  // namespace daybook::cli
