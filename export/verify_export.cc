#include "export/verify_export.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "export/content_check.h"
#include "export/output_file.h"
#include "export/signature.h"

namespace daybook::exports {

namespace {

// What is recomputed of a file as a whole.
std::optional<ExportFinding> compare_files(const WrittenFile& stated, const WrittenFile& found) {
    const auto differs = [&](std::string what, std::string was, std::string is) {
        return ExportFinding{stated.name, 0, {}, std::move(what), std::move(was), std::move(is)};
    };
    if (stated.bytes != found.bytes) {
        return differs("its size is not the manifest's", std::to_string(found.bytes),
                       std::to_string(stated.bytes));
    }
    if (stated.lines != found.lines) {
        return differs("its lines are not as many as the manifest says",
                       std::to_string(found.lines), std::to_string(stated.lines));
    }
    if (stated.sha256 != found.sha256) {
        return differs("its SHA-256 is not the manifest's", to_hex(found.sha256.bytes),
                       to_hex(stated.sha256.bytes));
    }
    return std::nullopt;
}

std::optional<ExportFinding> check_manifest(const Manifest& manifest) {
    const auto finding = [](std::string what) {
        return ExportFinding{std::string{kManifestName}, 0, {}, std::move(what), {}, {}};
    };
    const auto in_block = [](const ChainBlock& block, Seq seq) {
        return block.first_seq <= seq && seq <= block.last_seq();
    };
    if (manifest.from == Seq{} || manifest.from > manifest.to) return finding("its cut is empty");
    if (manifest.counts.records != manifest.to.value() - manifest.from.value() + 1) {
        return finding("it counts other records than its cut has");
    }
    if (manifest.counts.accepted + manifest.counts.rejected != manifest.counts.records) {
        return finding("its accepted and rejected records are not its records");
    }
    if (!in_block(manifest.first_block, manifest.from) ||
        !in_block(manifest.last_block, manifest.to)) {
        return finding("its blocks do not hold the ends of its cut");
    }
    if (genesis_hash(manifest.book, manifest.genesis_stamp, manifest.origin) !=
        manifest.genesis_hash) {
        return finding("its book and genesis stamp do not give its genesis hash");
    }
    if (manifest.first_block.number == 1 &&
        manifest.first_block.previous != manifest.genesis_hash) {
        return finding("its first block does not continue the genesis block");
    }
    for (const auto& totals : manifest.totals) {
        if (totals.debits == totals.credits && totals.debits_before == totals.credits_before) {
            continue;
        }
        return finding("debits and credits of " + totals.asset + " are not equal");
    }
    return std::nullopt;
}

Found check_content(const std::filesystem::path& directory, const Manifest& manifest,
                    const GoOn& go_on) {
    const auto has = [&](std::string_view name) {
        return std::ranges::any_of(manifest.files,
                                   [&](const WrittenFile& file) { return file.name == name; });
    };
    const auto is_there = [&](const WrittenFile& file) {
        std::error_code problem;
        return std::filesystem::is_regular_file(directory / file.name, problem);
    };
    if (!std::ranges::all_of(manifest.files, is_there)) return std::optional<ExportFinding>{};
    switch (manifest.format) {
        case Format::csv:
            if (has("entries.csv") && has("balances.csv") && has("trial-balance.csv")) {
                return check_csv(directory, manifest, go_on);
            }
            break;
        case Format::jsonl:
            if (has("journal.jsonl")) return check_jsonl(directory, manifest, go_on);
            break;
        case Format::hledger:
            if (has("journal.hledger")) return std::optional<ExportFinding>{};
            break;
        case Format::beancount:
            if (has("journal.beancount")) return std::optional<ExportFinding>{};
            break;
        case Format::camt053:
            if (!manifest.files.empty()) return std::optional<ExportFinding>{};
            break;
    }
    return ExportFinding{
        std::string{kManifestName}, 0, {}, "it does not name the files of its format", {}, {}};
}

Found check_signature(const std::filesystem::path& directory,
                      const std::filesystem::path& public_key) {
    const auto text_of = [&](std::string_view name) {
        std::ifstream file{directory / name, std::ios::binary};
        return std::string{std::istreambuf_iterator<char>{file}, {}};
    };
    const std::string signature = text_of(kSignatureName);
    const auto is_signed = is_signature(signature, text_of(kManifestName), public_key);
    if (!is_signed) return std::unexpected{is_signed.error()};
    if (*is_signed) return std::optional<ExportFinding>{};
    return ExportFinding{std::string{kSignatureName},
                         0,
                         {},
                         signature.empty() ? "the manifest is not signed"
                                           : "it is not the signature of manifest.json by this key",
                         {},
                         {}};
}

}  // namespace

Result<ExportCheck> verify_export(const std::filesystem::path& directory,
                                  const std::filesystem::path& public_key, const GoOn& go_on) {
    auto manifest = read_manifest(directory);
    if (!manifest) return std::unexpected{manifest.error()};
    ExportCheck check{*std::move(manifest), {}};
    if (!public_key.empty()) {
        auto finding = check_signature(directory, public_key);
        if (!finding) return std::unexpected{finding.error()};
        check.finding = *std::move(finding);
        if (check.finding) return check;
    }
    check.finding = check_manifest(check.manifest);
    for (const auto& stated : check.manifest.files) {
        if (check.finding) break;
        const auto found = read_whole(directory / stated.name);
        if (!found && found.error().code == ErrorCode::not_found) {
            check.finding = {stated.name, 0, {}, "the file is missing", {}, {}};
        } else if (!found) {
            return std::unexpected{found.error()};
        } else {
            check.finding = compare_files(stated, *found);
        }
    }
    // What is edited is named by its content first: a hash says only that something was.
    auto content = check_content(directory, check.manifest, go_on);
    if (!content) return std::unexpected{content.error()};
    if (*content) check.finding = *std::move(content);
    return check;
}

}  // namespace daybook::exports
