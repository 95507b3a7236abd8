#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "cli/anchors.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "json/line.h"
#include "json/record_line.h"
#include "ledger/command.h"
#include "ledger/outcome.h"
#include "projector/record_range.h"
#include "proof/proof_text.h"
#include "schema/record.h"

namespace daybook::cli {

namespace {

using journal::BlockInfo;

struct CheckOptions {
    std::string file;
    std::optional<std::string> head;
    std::optional<std::string> old_head;
    bool as_json = false;
};

constexpr std::size_t kFileBytesMax = (std::size_t{1} << 20) + 1;

Result<std::string> read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text(kFileBytesMax, '\0');
    if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file && file.gcount() == 0) {
        return fail(ErrorCode::not_found,
                    "cannot read a proof from " + path + "; `daybook prove` writes them");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

// Why this is not the head that is trusted.
Result<std::optional<std::string>> find_difference(const BlockInfo& head,
                                                   const std::optional<std::string>& trusted,
                                                   const char* name) {
    if (!trusted) return std::optional<std::string>{};
    const auto anchor = read_anchor(*trusted);
    if (!anchor) return std::unexpected{anchor.error()};
    const bool is_it = anchor->hash == head.hash &&
                       anchor->seq.value_or(head.last_seq()) == head.last_seq() &&
                       anchor->book.value_or(head.book) == head.book;
    if (is_it) return std::optional<std::string>{};
    return std::string{"its "} + name + " is " + std::to_string(head.last_seq().value()) + ":" +
           to_hex(head.hash.bytes) + ", not " + anchor->name;
}

Result<std::optional<std::string>> find_fault(const proof::Inclusion& proof,
                                              const CheckOptions& options) {
    if (options.old_head) {
        return fail(ErrorCode::usage, "--from is for proofs that one head extends another");
    }
    if (auto fault = proof::find_fault(proof)) return fault;
    return find_difference(proof.head, options.head, "head");
}

Result<std::optional<std::string>> find_fault(const proof::Consistency& proof,
                                              const CheckOptions& options) {
    if (auto fault = proof::find_fault(proof)) return fault;
    auto fault = find_difference(proof.old_head, options.old_head, "earlier head");
    if (!fault || *fault) return fault;
    return find_difference(proof.head, options.head, "head");
}

std::string record_json(const proof::Inclusion& proof) {
    const auto record = schema::RecordView::parse(proof.record);
    const BlockInfo& block = proof.block;
    json::RecordLine line;
    line.set_block(projector::facts_of(block), block.book);
    std::string out;
    if (!record || !line.write(*record, out)) return "null";
    out.pop_back();  // the line's end
    return out;
}

void add_claim(json::Line& line, const proof::Inclusion& proof) {
    line.text("kind", "inclusion").big("seq", proof.seq).json("record", record_json(proof));
}
void add_claim(json::Line& line, const proof::Consistency& proof) {
    line.text("kind", "consistency")
        .big("old_head_seq", proof.old_head.last_seq())
        .text("old_chain_head", to_hex(proof.old_head.hash.bytes));
}

std::string outcome_of(const schema::RecordView& record) {
    const std::string verdict{name_of(record.verdict())};
    if (record.rejection() == Rejection::none) return verdict;
    return verdict + " " + std::string{name_of(record.rejection())};
}

void print_claim(const proof::Inclusion& proof) {
    fmt::print("record      {}\n", proof.seq.value());
    if (const auto record = schema::RecordView::parse(proof.record)) {
        fmt::print("kind        {}\n", name_of(record->kind()));
        fmt::print("key         {}\n", to_hex(record->key().bytes));
        fmt::print("producer    {}\n", record->producer().value());
        fmt::print("outcome     {}\n", outcome_of(*record));
    }
    fmt::print("recorded    {}\n", to_string(proof.block.stamp));
}
void print_claim(const proof::Consistency& proof) {
    fmt::print("extends     {}:{}\n", proof.old_head.last_seq().value(),
               to_hex(proof.old_head.hash.bytes));
}

template <typename Proof>
void print(const Proof& proof, const CheckOptions& options) {
    const BlockInfo& head = proof.head;
    if (options.as_json) {
        json::Line line;
        line.begin_object().boolean("is_proven", true);
        add_claim(line, proof);
        line.text("book", to_hex(head.book.bytes))
            .big("head_seq", head.last_seq())
            .text("chain_head", to_hex(head.hash.bytes))
            .boolean("is_head_given", options.head.has_value())
            .end_object();
        fmt::print("{}\n", line.str());
        return;
    }
    print_claim(proof);
    fmt::print("book        {}\n", to_hex(head.book.bytes));
    fmt::print("head        {}:{}\n", head.last_seq().value(), to_hex(head.hash.bytes));
    fmt::print("{}\n", options.head ? "proven"
                                    : "proven, if this head is one you have from elsewhere: "
                                      "compare it, or give yours with --head");
}

int refuse(const std::string& fault, bool as_json) {
    if (as_json) {
        json::Line line;
        line.begin_object().boolean("is_proven", false).text("why", fault).end_object();
        fmt::print("{}\n", line.str());
    } else {
        fmt::print("NOT PROVEN: {}\n", fault);
    }
    return kExitFinding;
}

int check(const CheckOptions& options) {
    const auto text = read_file(options.file);
    if (!text) return report(text.error());
    const auto proof = proof::read_proof(*text);
    if (!proof) return report({proof.error().code, options.file + ": " + proof.error().detail});
    return std::visit(
        [&](const auto& found) {
            const auto fault = find_fault(found, options);
            if (!fault) return report(fault.error());
            if (*fault) return refuse(**fault, options.as_json);
            print(found, options);
            return kExitFine;
        },
        *proof);
}

}  // namespace

void add_check_proof_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<CheckOptions>();
    auto* command = app.add_subcommand(
        "check-proof", "Checks what `prove` printed; needs no server and no journal");
    command->add_option("FILE", options->file, "The proof")->required();
    command
        ->add_option("--head", options->head,
                     "The head that you trust, HASH, SEQ:HASH or a file with one: the proof must "
                     "lead to it")
        ->type_name("HEAD");
    command
        ->add_option("--from", options->old_head,
                     "The earlier head that you kept: the proof must start from it")
        ->type_name("HEAD");
    command->add_flag("--json", options->as_json, "Print one JSON object, with the record in it");
    command->footer(
        R"(A proof only leads to the head in it. Whether that is the journal's head you must know from elsewhere: from a
witness, from your own `verify --json`, from the receipt of who runs the ledger.

Exit codes:
  0 proven   1 not proven   65 not a proof, or changed   66 no such file

Examples:
  daybook check-proof 1017.proof.json --head head.json
  daybook check-proof since.proof.json --from old-head.json --json)");
    command->callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace daybook::cli
