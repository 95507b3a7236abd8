// The manifest as JSON and back.
#include <unordered_set>

#include "export/fork_text.h"
#include "export/manifest.h"
#include "json/indent.h"
#include "json/line.h"
#include "json/required.h"
#include "json/stored_object.h"
#include "ledger/form.h"

namespace daybook::exports {

namespace {

using json::read_amount;
using json::read_big;
using json::read_hash;
using json::read_small;
using json::read_stamp;
using json::read_text;

void write_block(json::Line& line, std::string_view name, const ChainBlock& block) {
    line.begin_object(name)
        .big("number", block.number)
        .big("first_seq", block.first_seq)
        .small("records", block.records)
        .text("stamp", to_string(block.stamp))
        .signed_big("stamp_ns", block.stamp.nanoseconds())
        .text("previous", to_hex(block.previous.bytes))
        .text("hash", to_hex(block.hash.bytes))
        .end_object();
}

void write_totals(json::Line& line, const AssetTotals& totals) {
    line.begin_object()
        .text("asset", totals.asset)
        .small("scale", totals.scale)
        .amount("debits", totals.debits)
        .amount("credits", totals.credits)
        .amount("debits_before", totals.debits_before)
        .amount("credits_before", totals.credits_before)
        .end_object();
}

void write_file(json::Line& line, const WrittenFile& file) {
    line.begin_object()
        .text("name", file.name)
        .big("bytes", file.bytes)
        .big("lines", file.lines)
        .text("sha256", to_hex(file.sha256.bytes))
        .end_object();
}

ChainBlock read_block(json::Fields& fields, std::string_view name) {
    ChainBlock block;
    fields.require(name);
    fields.object(name, [&](json::Fields& stated) {
        stated.ignore("stamp");
        block = {read_big(stated, "number"),    Seq{read_big(stated, "first_seq")},
                 read_small(stated, "records"), read_stamp(stated, "stamp_ns"),
                 read_hash(stated, "previous"), read_hash(stated, "hash")};
    });
    return block;
}

Counts read_counts(json::Fields& fields) {
    return {read_big(fields, "records"), read_big(fields, "accepted"), read_big(fields, "rejected"),
            read_big(fields, "postings")};
}

void read_totals(json::Fields& fields, Manifest& manifest) {
    std::unordered_set<std::string> seen;
    fields.each("totals", json::kItemsMax, [&](json::Fields& stated) {
        manifest.totals.push_back({read_text(stated, "asset"), read_small(stated, "scale"),
                                   read_amount(stated, "debits"), read_amount(stated, "credits"),
                                   read_amount(stated, "debits_before"),
                                   read_amount(stated, "credits_before")});
        // Amounts are written with as many digits as it says.
        const AssetTotals& totals = manifest.totals.back();
        if (totals.scale > kAssetScaleMax) stated.wrong("scale", "is more than 18");
        if (!seen.insert(totals.asset).second) stated.wrong("asset", "is there twice");
    });
}

void read_lists(json::Fields& fields, Manifest& manifest) {
    std::unordered_set<std::string> seen;
    read_totals(fields, manifest);
    fields.each("accounts", json::kItemsMax, [&](json::Fields& stated) {
        stated.require("code");
        manifest.accounts.push_back(stated.text("code"));
    });
    fields.require("files");
    fields.each("files", json::kItemsMax, [&](json::Fields& stated) {
        const std::string name = json::read_file_name(stated, "name");
        if (!seen.insert(name).second) stated.wrong("name", "is there twice");
        manifest.files.push_back({name, read_big(stated, "bytes"), read_big(stated, "lines"),
                                  read_hash(stated, "sha256")});
    });
}

Manifest read_fields(json::Fields& fields) {
    Manifest manifest;
    fields.require("manifest_version");
    if (fields.small("manifest_version").value_or(0) != kManifestVersion) {
        fields.wrong("manifest_version", "is not 1, the one that this version of daybook reads");
    }
    const auto format = parse_format(fields.text("format"));
    if (!format) fields.wrong("format", "is none of csv, jsonl, hledger, beancount, camt053");
    manifest.format = format.value_or(Format::csv);
    fields.require("book");
    manifest.book = fields.tag("book");
    manifest.genesis_hash = read_hash(fields, "genesis_hash");
    manifest.genesis_stamp = read_stamp(fields, "genesis_stamp_ns");
    manifest.origin = read_origin(fields);
    manifest.from = Seq{read_big(fields, "from_seq")};
    manifest.to = Seq{read_big(fields, "to_seq")};
    manifest.counts = read_counts(fields);
    manifest.first_block = read_block(fields, "first_block");
    manifest.last_block = read_block(fields, "last_block");
    if (read_hash(fields, "chain_head") != manifest.last_block.hash) {
        fields.wrong("chain_head", "is not the hash of last_block");
    }
    if (fields.has("statement")) manifest.statement = fields.big("statement");
    read_lists(fields, manifest);
    return manifest;
}

}  // namespace

std::string to_text(const Manifest& manifest) {
    json::Line line;
    line.begin_object()
        .small("manifest_version", kManifestVersion)
        .text("format", name_of(manifest.format))
        .text("book", to_hex(manifest.book.bytes))
        .text("genesis_hash", to_hex(manifest.genesis_hash.bytes))
        .signed_big("genesis_stamp_ns", manifest.genesis_stamp.nanoseconds());
    write_origin(line, manifest.origin);
    line.big("from_seq", manifest.from)
        .big("to_seq", manifest.to)
        .big("records", manifest.counts.records)
        .big("accepted", manifest.counts.accepted)
        .big("rejected", manifest.counts.rejected)
        .big("postings", manifest.counts.postings);
    write_block(line, "first_block", manifest.first_block);
    write_block(line, "last_block", manifest.last_block);
    line.text("chain_head", to_hex(manifest.last_block.hash.bytes));
    if (manifest.statement) line.big("statement", *manifest.statement);
    if (!manifest.accounts.empty()) {
        line.begin_array("accounts");
        for (const auto& code : manifest.accounts)
            line.begin_object().text("code", code).end_object();
        line.end_array();
    }
    if (!manifest.totals.empty()) {
        line.begin_array("totals");
        for (const auto& totals : manifest.totals)
            write_totals(line, totals);
        line.end_array();
    }
    line.begin_array("files");
    for (const auto& file : manifest.files)
        write_file(line, file);
    line.end_array().end_object();
    return json::indented(line.str());
}

Result<Manifest> parse_manifest(std::string_view text) {
    return json::read_object(text, read_fields);
}

Result<Manifest> read_manifest(const std::filesystem::path& directory) {
    const auto text = read_manifest_text(directory, "export", "daybook export --out");
    if (!text) return std::unexpected{text.error()};
    auto manifest = parse_manifest(*text);
    if (!manifest) return fail(manifest.error(), "'" + (directory / kManifestName).string() + "'");
    return manifest;
}

}  // namespace daybook::exports
