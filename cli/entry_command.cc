#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/entry_view.h"
#include "cli/exit_code.h"
#include "cli/id_text.h"
#include "cli/name_source.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/record_text.h"
#include "cli/remark_text.h"
#include "gateway/key.h"
#include "gateway/query_client.h"
#include "json/command_writer.h"
#include "json/line.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

struct EntryOptions {
    ReadOptions read;
    std::string query;
    std::string id;
};

Result<std::unique_ptr<NameSource>> open_names(const EntryOptions& options) {
    if (!options.query.empty()) {
        auto client = gateway::QueryClient::connect({.endpoint = options.query});
        if (!client) return std::unexpected{client.error()};
        return open_names_at(*std::move(client));
    }
    const DataDirectory data{options.read.data};
    auto journal = data.open_journal(journal::Access::read_only);
    if (!journal) return std::unexpected{journal.error()};
    auto projection = data.open_projection(*journal);
    if (!projection) return std::unexpected{projection.error()};
    return open_names_here(*std::move(projection), *std::move(journal));
}

void write_ids(json::Line& json, const char* name, const std::vector<EntryId>& ids) {
    json.begin_array(name);
    for (const auto id : ids)
        json.text(to_string(id));
    json.end_array();
}

void write_remarks(json::Line& json, const std::vector<Remark>& remarks) {
    json.begin_array("remarks");
    for (const auto& remark : remarks)
        json::write_remark(json, remark);
    json.end_array();
}

void write_part(json::Line& json, const EntryPart& part, AccountNames& names) {
    json.text("id", to_string(part.id)).text("kind", name_of(kind_of(part.command)));
    json.begin_object("command");
    json::write_fields(json, part.command);
    json.end_object().begin_array("postings");
    for (const auto& posting : part.postings) {
        json.begin_object()
            .text("account", names.code_of(posting.account))
            .big("account_number", posting.account.value())
            .text("side", name_of(posting.side))
            .amount("amount", posting.amount);
        if (const auto scale = names.scale_of(posting.account)) json.small("scale", *scale);
        json.end_object();
    }
    json.end_array();
    write_remarks(json, part.remarks);
    if (part.reverses) json.text("reverses", to_string(*part.reverses));
    write_ids(json, "reversed_by", part.reversed_by);
}

void print_json(const EntryView& entry, AccountNames& names) {
    const auto& record = entry.record;
    json::Line json;
    json.begin_object()
        .big("seq", record.seq())
        .text("recorded_at", to_string(entry.recorded_at))
        .small("producer", record.producer().value());
    if (!record.key().is_none()) json.text("key", gateway::to_uuid(record.key()));
    json.text("outcome", name_of(record.verdict()));
    if (record.rejection() != Rejection::none) json.text("code", name_of(record.rejection()));
    if (record.subject() != 0) json.big("subject", record.subject());
    if (entry.whole) {
        json.text("kind", name_of(CommandKind::atomic));
        write_remarks(json, entry.remarks);
        json.begin_array("members");
        for (const auto& part : entry.parts) {
            json.begin_object();
            write_part(json, part, names);
            json.end_object();
        }
        json.end_array();
    } else {
        write_part(json, entry.parts.front(), names);
    }
    json.big("as_of_seq", entry.as_of).end_object();
    fmt::print("{}\n", json.str());
}

std::string joined(const std::vector<EntryId>& ids) {
    std::string text;
    for (const auto id : ids)
        text += (text.empty() ? "" : ", ") + to_string(id);
    return text;
}

void print_remarks(const std::vector<Remark>& remarks, const EntryView& entry,
                   const Command& command, AccountNames& names) {
    for (const auto& remark : remarks) {
        const auto text = describe(remark, entry.record, command, names);
        if (!text.empty()) fmt::print("             {}\n", text);
    }
}

void print_particulars(const Particulars& said) {
    if (!said.reference.empty()) {
        fmt::print("reference    {}{}\n", said.reference,
                   said.is_reference_unique ? " (the only one)" : "");
    }
    if (!said.description.empty()) fmt::print("description  {}\n", said.description);
    if (!said.tag.is_none()) fmt::print("tag          {}\n", to_hex(said.tag.bytes));
    if (!said.effective_at.is_none()) fmt::print("effective    {}\n", to_string(said.effective_at));
}

void print_part(const EntryView& entry, const EntryPart& part, AccountNames& names) {
    fmt::print("asked        {}\n", describe(part.command, names));
    if (const auto* said = particulars_of(part.command)) print_particulars(*said);
    std::size_t width = 0;
    for (const auto& posting : part.postings)
        width = std::max(width, names.code_of(posting.account).size());
    for (const auto& posting : part.postings) {
        const AccountRef account{posting.account, {}};
        fmt::print("  {:<11}{:<{}}  {}\n", name_of(posting.side), names.code_of(posting.account),
                   width, names.amount_in(account, posting.amount));
    }
    print_remarks(part.remarks, entry, part.command, names);
    if (part.reverses) fmt::print("reverses     {}\n", to_string(*part.reverses));
    if (!part.reversed_by.empty()) fmt::print("reversed by  {}\n", joined(part.reversed_by));
}

void print_text(const EntryView& entry, AccountNames& names) {
    const auto& record = entry.record;
    fmt::print("record       {}, {}\n", record.seq().value(), name_of(record.kind()));
    fmt::print("outcome      {}", name_of(record.verdict()));
    if (record.rejection() != Rejection::none) fmt::print(" {}", name_of(record.rejection()));
    fmt::print("\nrecorded     {}\n", to_string(entry.recorded_at));
    if (!record.key().is_none()) fmt::print("key          {}\n", gateway::to_uuid(record.key()));
    if (entry.whole) print_remarks(entry.remarks, entry, *entry.whole, names);
    for (const auto& part : entry.parts) {
        if (entry.whole) {
            fmt::print("\nmember       {}, {}\n", to_string(part.id),
                       name_of(kind_of(part.command)));
        }
        print_part(entry, part, names);
    }
    fmt::print("as of seq {}\n", entry.as_of.value());
}

int show(const EntryOptions& options) {
    const auto id = parse_typed_id(options.id);
    if (!id) return report(id.error());
    const auto entry = options.query.empty() ? read_entry(options.read, *id)
                                             : read_entry_at(options.query, options.read, *id);
    if (!entry) return report(entry.error());
    auto source = open_names(options);
    if (!source) return report(source.error());
    AccountNames names{*std::move(source)};
    if (options.read.as_json) {
        print_json(*entry, names);
    } else {
        print_text(*entry, names);
    }
    return kExitFine;
}

}  // namespace

void add_entry_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<EntryOptions>();
    auto* command = app.add_subcommand(
        "entry",
        "Prints what the record at an id did, accepted or rejected: postings, reference, what it "
        "reverses and what reverses it");
    command->add_option("ID", options->id, kIdHelp)->required();
    add_read_options(*command, options->read);
    add_query_option(*command, options->query);
    command->footer(R"(The id of an atomic shows all of its members, one with a point that member.

Examples:
  daybook entry 1017
  daybook entry 1017.3 --json
  daybook entry 1017 --query tcp://127.0.0.1:7413

Exit codes:
  0 fine   64 usage   66 no such record   75 not applied yet   76 damaged)");
    command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace daybook::cli
