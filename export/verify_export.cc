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

std::optional<ExportFinding> check_statement(const Manifest& manifest) {
    const bool is_camt = manifest.format == Format::camt053;
    const bool fits = is_camt == manifest.statement.has_value() &&
                      is_camt == !manifest.accounts.empty() &&
                      (!is_camt || manifest.from != Seq{1} || manifest.statement == 1);
    if (fits) return std::nullopt;
    return ExportFinding{std::string{kManifestName},
                         0,
                         {},
                         "its statement is not one of its format and cut",
                         {},
                         {}};
}

// Whether the manifest names the files of its format.
bool names_files(const Manifest& manifest) {
    const auto are = [&](std::initializer_list<std::string_view> names) {
        return std::ranges::equal(manifest.files, names, {}, &WrittenFile::name);
    };
    switch (manifest.format) {
        case Format::csv:
            return are({"entries.csv", "balances.csv", "trial-balance.csv"});
        case Format::jsonl:
            return are({"journal.jsonl"});
        case Format::hledger:
            return are({"journal.hledger"});
        case Format::beancount:
            return are({"journal.beancount"});
        case Format::camt053:
            return !manifest.files.empty();
    }
    return false;
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// Each file as a whole: there, and as the manifest has it.
Found check_files(const std::filesystem::path& directory, const Manifest& manifest) {
    for (const auto& stated : manifest.files) {
        const auto found = read_whole(directory / stated.name);
        if (!found && found.error().code == ErrorCode::not_found) {
            return ExportFinding{stated.name, 0, {}, "the file is missing", {}, {}};
        }
        if (!found) return std::unexpected{found.error()};
        if (auto differs = compare_files(stated, *found)) return differs;
    }
    return std::optional<ExportFinding>{};
}

}  // namespace

std::string_view name_of(Signing signing) {
    switch (signing) {
        case Signing::none:
            return "none";
        case Signing::not_checked:
            return "not_checked";
        case Signing::valid:
            return "valid";
    }
    return "none";
}

Result<void> ExportVerifier::check_signing(const std::filesystem::path& directory,
                                           ExportCheck& check) const {
    const std::string signature = text_of(directory / kSignatureName);
    if (!signature.empty()) check.signing = Signing::not_checked;
    if (public_key_.empty()) return {};
    const auto is_signed = is_signature(signature, text_of(directory / kManifestName), public_key_);
    if (!is_signed) return std::unexpected{is_signed.error()};
    if (*is_signed) {
        check.signing = Signing::valid;
        return {};
    }
    check.finding = {std::string{kSignatureName},
                     0,
                     {},
                     signature.empty() ? "the manifest is not signed"
                                       : "it is not the signature of manifest.json by this key",
                     {},
                     {}};
    return {};
}

std::vector<SeqRange> ExportVerifier::not_covered() const {
    auto ranges = not_covered_;
    if (!jsonl_) return ranges;
    const auto last = jsonl_->not_covered();
    ranges.insert(ranges.end(), last.begin(), last.end());
    return ranges;
}

void ExportVerifier::begin_anew() {
    not_covered_ = not_covered();
    jsonl_.reset();
    camt_ = {};
}

Found ExportVerifier::check_content(const std::filesystem::path& directory, ExportCheck& check,
                                    const GoOn& go_on) {
    const Manifest& manifest = check.manifest;
    if (!names_files(manifest)) {
        return ExportFinding{
            std::string{kManifestName}, 0, {}, "it does not name the files of its format", {}, {}};
    }
    const auto is_there = [&](const WrittenFile& file) {
        std::error_code problem;
        return std::filesystem::is_regular_file(directory / file.name, problem);
    };
    if (!std::ranges::all_of(manifest.files, is_there)) return std::optional<ExportFinding>{};
    switch (manifest.format) {
        case Format::csv:
            return check_csv(directory, manifest, go_on);
        case Format::jsonl: {
            if (!jsonl_) jsonl_.emplace();
            auto finding = jsonl_->check(directory, manifest, go_on);
            check.has_totals = jsonl_->knows_totals();
            return finding;
        }
        case Format::hledger:
            return check_hledger(directory, manifest, go_on);
        case Format::beancount:
            return check_beancount(directory, manifest, go_on);
        case Format::camt053:
            check.has_totals = false;
            return camt_.check(directory, manifest, go_on);
    }
    return std::optional<ExportFinding>{};
}

Result<ExportCheck> ExportVerifier::check(const std::filesystem::path& directory,
                                          const GoOn& go_on) {
    auto manifest = read_manifest(directory);
    if (!manifest) return std::unexpected{manifest.error()};
    ExportCheck check{*std::move(manifest)};
    if (auto looked = check_signing(directory, check); !looked) {
        return std::unexpected{looked.error()};
    }
    if (check.finding) return check;
    const std::string why = before_ ? why_not_adjacent(*before_, check.manifest) : std::string{};
    if (before_ && (!why.empty() || before_->format != check.manifest.format)) begin_anew();
    // What is edited is named by its content first: a hash says only that something was.
    auto found = check_content(directory, check, go_on);
    if (!found) return std::unexpected{found.error()};
    check.finding = *std::move(found);
    if (!check.finding) check.finding = check_manifest(check.manifest);
    if (!check.finding) check.finding = check_statement(check.manifest);
    if (!check.finding) {
        auto files = check_files(directory, check.manifest);
        if (!files) return std::unexpected{files.error()};
        check.finding = *std::move(files);
    }
    if (!check.finding && !why.empty()) {
        check.finding = {std::string{kManifestName},
                         0,
                         {},
                         "it does not continue '" + directory_before_.string() + "': " + why,
                         {},
                         {}};
    }
    check.not_covered = not_covered();
    before_ = check.manifest;
    directory_before_ = directory;
    return check;
}

}  // namespace daybook::exports
