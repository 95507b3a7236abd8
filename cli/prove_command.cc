#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "cli/anchors.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "journal/reader.h"
#include "proof/proof_text.h"
#include "proof/prover.h"

namespace daybook::cli {

namespace {

struct ProveOptions {
    std::string data;
    std::optional<std::uint64_t> seq;
    std::optional<std::string> extends;
    std::optional<std::string> head;
};

// The block of the journal that a head which somebody kept is.
Result<journal::BlockInfo> find_head(proof::Prover& prover, const std::string& stated) {
    const auto anchor = read_anchor(stated);
    if (!anchor) return std::unexpected{anchor.error()};
    if (!anchor->seq) {
        return fail(ErrorCode::usage,
                    "say also at which seq the head is: SEQ:HASH, or a file that has both");
    }
    auto block = prover.block_ending(*anchor->seq);
    if (!block) return fail(block.error(), "head " + anchor->name);
    const bool is_same =
        block->hash == anchor->hash && anchor->book.value_or(block->book) == block->book;
    if (is_same) return block;
    return fail(ErrorCode::damaged,
                "the journal's head at seq " + std::to_string(anchor->seq->value()) + " is " +
                    to_hex(block->hash.bytes) + ", not that of " + anchor->name +
                    ": it is another book, or was changed; run `daybook verify --anchor`");
}

Result<std::string> prove(const ProveOptions& options) {
    const auto environment = DataDirectory{options.data}.open_journal(journal::Access::read_only);
    if (!environment) return std::unexpected{environment.error()};
    auto snapshot = journal::Snapshot::open(*environment);
    if (!snapshot) return std::unexpected{snapshot.error()};
    proof::Prover prover{*snapshot};
    journal::BlockInfo head = snapshot->head();
    if (options.head) {
        const auto found = find_head(prover, *options.head);
        if (!found) return std::unexpected{found.error()};
        head = *found;
    }
    if (options.seq) {
        const auto proof = prover.prove_record(Seq{*options.seq}, head);
        if (!proof) return std::unexpected{proof.error()};
        return to_text(*proof);
    }
    const auto old_head = find_head(prover, *options.extends);
    if (!old_head) return std::unexpected{old_head.error()};
    const auto proof = prover.prove_extension(*old_head, head);
    if (!proof) return std::unexpected{proof.error()};
    return to_text(*proof);
}

int print_proof(const ProveOptions& options) {
    if (options.seq.has_value() == options.extends.has_value()) {
        return report({ErrorCode::usage,
                       "name either the SEQ of a record or, with --extends, an earlier head"});
    }
    const auto text = prove(options);
    if (!text) return report(text.error());
    fmt::print("{}", *text);
    return kExitFine;
}

}  // namespace

void add_prove_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<ProveOptions>();
    auto* command = app.add_subcommand(
        "prove",
        "Prints a proof that a record is in the journal, or that the journal extends an earlier "
        "head; `check-proof` checks it without the journal");
    command->add_option("SEQ", options->seq, "The record")->type_name("SEQ");
    auto* extends = command->add_option(
        "--extends", options->extends,
        "Prove instead that everything up to this head is still there, unchanged: SEQ:HASH, or a "
        "file with one (what `verify --json` printed, another proof, an export's manifest)");
    extends->type_name("HEAD");
    command
        ->add_option("--head", options->head,
                     "The head that the proof leads to, SEQ:HASH or a file (default: the newest)")
        ->type_name("HEAD");
    add_data_option(*command, options->data);
    command->footer(
        R"(The proof is a JSON file: the record, or the earlier head, the header of its block, that of the head, and the
hashes between them, one for each doubling of the number of blocks. It never writes; runs beside a live server.

Exit codes:
  0 fine   64 usage   66 no such record or head   76 the journal does not prove it: run verify

Examples:
  daybook prove 1017 > 1017.proof.json
  daybook prove --extends head.json > since.proof.json)");
    command->callback([options, &exit_code] { exit_code = print_proof(*options); });
}

}  // namespace daybook::cli
