#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/standard_output.h"
#include "cli/verification.h"
#include "export/fork_text.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

using Seconds = std::chrono::duration<double>;

struct VerifyOptions {
    std::string data;
    std::vector<std::string> anchors;
    bool as_json = false;
};

std::uint64_t rate_of(const Verification& result, Seconds seconds) {
    return static_cast<std::uint64_t>(static_cast<double>(result.head_seq.value()) /
                                      std::max(seconds.count(), 1e-6));
}

void print_as_json(const Verification& result, Seconds seconds) {
    json::Line line;
    line.begin_object().boolean("is_clean", !result.finding);
    if (const auto& finding = result.finding) {
        line.begin_object("finding").big("seq", finding->seq).text("what", finding->what);
        if (!finding->account.empty()) line.text("account", finding->account);
        if (finding->stored != finding->recomputed) {
            line.text("stored", finding->stored).text("recomputed", finding->recomputed);
        }
        line.end_object();
    }
    line.text("book", to_hex(result.head.book.bytes));
    exports::write_origin(line, result.origin);
    line.big("head_seq", result.head_seq)
        .text("book_hash", to_hex(result.book_hash.bytes))
        .text("chain_head", to_hex(result.head.hash.bytes))
        .big("blocks", result.head.number)
        .big("records", result.head_seq)
        .big("accepted", result.accepted)
        .big("rejected", result.rejected)
        .big("accounts", result.accounts)
        .big("assets", result.assets)
        .big("anchors_held", result.anchors_held)
        .text("projection", name_of(result.projection));
    if (result.projection != ProjectionState::absent) line.big("watermark", result.watermark);
    line.text("seconds", fmt::format("{:.3f}", seconds.count()))
        .big("records_per_second", rate_of(result, seconds))
        .end_object();
    fmt::print("{}\n", line.str());
}

void print_for_people(const Verification& result, Seconds seconds) {
    if (const auto& finding = result.finding) {
        fmt::print("FINDING at seq {}: {}\n", finding->seq.value(), finding->what);
        if (!finding->account.empty()) fmt::print("  account     {}\n", finding->account);
        if (finding->stored != finding->recomputed) {
            fmt::print("  stored      {}\n  recomputed  {}\n", finding->stored,
                       finding->recomputed);
        }
    }
    fmt::print("records     {} ({} accepted, {} rejected)\n", result.head_seq.value(),
               result.accepted, result.rejected);
    fmt::print("blocks      {}\n", result.head.number);
    fmt::print("accounts    {}\n", result.accounts);
    fmt::print("assets      {}\n", result.assets);
    fmt::print("book        {}\n", to_hex(result.head.book.bytes));
    if (result.origin) fmt::print("fork of     {}\n", exports::describe(*result.origin));
    fmt::print("book hash   {}\n", to_hex(result.book_hash.bytes));
    fmt::print("head seq    {}\n", result.head_seq.value());
    fmt::print("chain head  {}\n", to_hex(result.head.hash.bytes));
    if (result.anchors_held != 0) fmt::print("anchors     {} held\n", result.anchors_held);
    fmt::print("projection  {}", name_of(result.projection));
    if (result.projection != ProjectionState::absent) {
        fmt::print(" at seq {}", result.watermark.value());
    }
    fmt::print("\nseconds     {:.3f} ({} records/s)\n", seconds.count(), rate_of(result, seconds));
    fmt::print("{}\n", result.finding ? "not clean" : "clean");
}

int verify_here(const VerifyOptions& options) {
    const auto begun = std::chrono::steady_clock::now();
    std::vector<Anchor> anchors;
    for (const auto& stated : options.anchors) {
        auto anchor = read_anchor(stated);
        if (!anchor) return report(anchor.error());
        anchors.push_back(*std::move(anchor));
    }
    const auto result = verify(DataDirectory{options.data}, std::move(anchors));
    const Seconds seconds = std::chrono::steady_clock::now() - begun;
    if (!result) return report(result.error());
    if (options.as_json) {
        print_as_json(*result, seconds);
    } else {
        print_for_people(*result, seconds);
    }
    return result->finding ? kExitFinding : kExitFine;
}

int explain_death(int signal) {
    const bool is_asked = signal == SIGINT || signal == SIGTERM || signal == SIGKILL;
    if (is_asked) {
        return report(
            {ErrorCode::try_again, "the verification was stopped before its end; run it again"});
    }
    return report(
        {ErrorCode::damaged, "reading the data ended in signal " + std::to_string(signal) +
                                 ": a file is damaged or has been cut; restore a backup"});
}

// A damaged file may crash whoever reads it through its map. That is an answer, not an accident.
int verify_in_child(const VerifyOptions& options) {
    const pid_t child = fork();
    if (child < 0) return report({ErrorCode::try_again, "cannot start a process; try again"});
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        const rlimit no_core{};
        setrlimit(RLIMIT_CORE, &no_core);
        const int code = end_output(verify_here(options));
        std::fflush(nullptr);
        _exit(code);
    }
    // Ctrl-C reaches both; the child's end is told here.
    std::signal(SIGINT, SIG_IGN);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : explain_death(WTERMSIG(status));
}

}  // namespace

void add_verify_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<VerifyOptions>();
    auto* command = app.add_subcommand(
        "verify",
        "Checks every hash, decides every command again and compares; also the projection. Never "
        "writes there; runs beside a live server");
    add_data_option(*command, options->data);
    command
        ->add_option("--anchor", options->anchors,
                     "A head of the chain that was kept elsewhere and must still be in it: HASH, "
                     "SEQ:HASH, or a file with one (what `verify --json` printed, a proof, an "
                     "export's manifest); may be repeated. Only an anchor tells a journal that was "
                     "rewritten with all its hashes, cut short or put back from a backup")
        ->type_name("HEAD")
        ->one_at_a_time();
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(R"(Exit codes:
  0 clean   1 a finding: the first bad seq, the account and both values are printed
  65 not an anchor   66 no journal   73 no room for the keys in TMPDIR (16 bytes a record, while it runs)
  75 stopped   76 the journal or the projection is too damaged to be read

Examples:
  daybook verify --data /var/lib/daybook
  daybook verify --json > head.json      # kept elsewhere, it is the next one's anchor
  daybook verify --anchor head.json)");
    command->callback([options, &exit_code] { exit_code = verify_in_child(*options); });
}

}  // namespace daybook::cli
