#include "export/exporter.h"

#include <string>
#include <utility>

#include "base/check.h"
#include "export/camt_writer.h"
#include "export/format_writer.h"
#include "export/last_postings.h"
#include "export/output_directory.h"
#include "export/signature.h"
#include "export/tally.h"
#include "journal/reader.h"

namespace daybook::exports {

namespace {

using Journal = std::shared_ptr<journal::Environment>;

Result<std::unique_ptr<FormatWriter>> open_writer(const Journal& journal,
                                                  const ExportOptions& options,
                                                  const std::filesystem::path& directory) {
    switch (options.format) {
        case Format::csv:
            return open_csv(directory);
        case Format::jsonl:
            return open_jsonl(directory);
        case Format::hledger: {
            auto last = LastPostings::find(journal, options.cut, options.go_on);
            if (!last) return std::unexpected{last.error()};
            return open_hledger(directory, *std::move(last));
        }
        case Format::beancount:
            return open_beancount(directory);
        case Format::camt053:
            break;
    }
    CHECK_INVARIANT(!options.accounts.empty(), "a statement is of an account");
    auto plan = plan_camt(journal, options.cut, options.accounts, options.statement, options.go_on);
    if (!plan) return std::unexpected{plan.error()};
    return open_camt(directory, *std::move(plan));
}

Result<journal::BlockInfo> genesis_of(const std::shared_ptr<journal::Environment>& journal) {
    auto snapshot = journal::Snapshot::open(journal);
    if (!snapshot) return std::unexpected{snapshot.error()};
    const auto genesis = snapshot->genesis();
    if (!genesis) return std::unexpected{genesis.error()};
    return genesis->info();
}

// Every record of the cut to the writer; what was before it has only made the chart.
Result<Manifest> write_records(const std::shared_ptr<journal::Environment>& journal,
                               const ExportOptions& options, FormatWriter& writer) {
    Chart chart;
    Tally tally{options.cut};
    const Seq from = options.cut.from;
    Result<void> begun;
    if (from == Seq{1}) begun = writer.begin(chart);
    if (!begun) return std::unexpected{begun.error()};
    const auto walked = walk(journal, options.cut.to, chart, options.go_on,
                             [&](const WalkedRecord& record) -> Result<void> {
                                 if (auto taken = tally.take(record, chart); !taken) return taken;
                                 const Seq seq = record.record.seq();
                                 if (seq >= from) return writer.add(record, chart);
                                 return seq.next() == from ? writer.begin(chart) : Result<void>{};
                             });
    if (!walked) return std::unexpected{walked.error()};
    auto files = writer.end(chart);
    if (!files) return std::unexpected{files.error()};
    Manifest manifest = tally.manifest(chart);
    manifest.files = *std::move(files);
    return manifest;
}

Result<void> add_manifest(const OutputDirectory& directory, const Manifest& manifest,
                          const std::filesystem::path& sign_key) {
    const std::string text = to_text(manifest);
    if (!sign_key.empty()) {
        const auto signature = sign(text, sign_key);
        if (!signature) return std::unexpected{signature.error()};
        if (auto added = directory.add(kSignatureName, *signature); !added) return added;
    }
    return directory.add(kManifestName, text);
}

}  // namespace

Result<Manifest> export_journal(const std::shared_ptr<journal::Environment>& journal,
                                const ExportOptions& options) {
    CHECK_INVARIANT(Seq{} < options.cut.from && options.cut.from <= options.cut.to,
                    "a cut holds a record");
    const auto genesis = genesis_of(journal);
    if (!genesis) return std::unexpected{genesis.error()};
    if (!options.sign_key.empty()) {  // a wrong key is told before the work
        if (const auto tried = sign({}, options.sign_key); !tried) {
            return std::unexpected{tried.error()};
        }
    }
    auto directory = OutputDirectory::open(options.directory, options.must_replace);
    if (!directory) return std::unexpected{directory.error()};
    auto writer = open_writer(journal, options, directory->path());
    if (!writer) return std::unexpected{writer.error()};
    auto manifest = write_records(journal, options, **writer);
    if (!manifest) return manifest;
    manifest->format = options.format;
    if (options.format == Format::camt053) {
        manifest->accounts = options.accounts;
        manifest->statement = options.statement;
    }
    manifest->book = genesis->book;
    manifest->genesis_hash = genesis->hash;
    manifest->genesis_stamp = genesis->stamp;
    manifest->origin = journal->origin();
    if (auto added = add_manifest(*directory, *manifest, options.sign_key); !added) {
        return std::unexpected{added.error()};
    }
    if (auto committed = directory->commit(); !committed) return std::unexpected{committed.error()};
    return manifest;
}

}  // namespace daybook::exports
