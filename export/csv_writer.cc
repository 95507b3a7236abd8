#include <utility>

#include "export/csv_balances.h"
#include "export/csv_cell.h"
#include "export/csv_heads.h"
#include "export/format_writer.h"
#include "export/origins.h"
#include "export/text.h"
#include "journal/sha256.h"

namespace daybook::exports {

namespace {

// One row a posting. The balance is the account's after it, on the account's normal side.
class EntriesFile {
public:
    explicit EntriesFile(std::unique_ptr<OutputFile> file) : file_{std::move(file)} {
        file_->text() += kEntriesHead;
    }

    Result<void> add(const WalkedRecord& walked, const Chart& chart) {
        if (walked.posted.empty()) return {};
        if (auto read = origins_.read(walked.record); !read) return read;
        if (walked.block.number != block_) {
            block_ = walked.block.number;
            recorded_at_ = to_string(walked.block.stamp);
        }
        hash_.clear();
        append_hex(hash_, journal::hash_of(journal::HashDomain::leaf, walked.bytes).bytes);
        std::uint64_t line = 0;
        for (const auto& posted : walked.posted)
            add_row(walked.record.seq(), ++line, posted, chart);
        return file_->pass_on();
    }

    Result<WrittenFile> end() { return file_->finish(); }

private:
    void add_row(Seq seq, std::uint64_t line, const PostedTouch& posted, const Chart& chart) {
        const ChartAccount& account = chart.account(posted.account);
        const ChartAsset& asset = chart.asset(account.asset);
        const SignedAmount balance = posted_balance(account.type, posted.after);
        std::string& out = file_->text();
        append(out, seq.value());
        out += ',';
        append(out, line);
        out += ',';
        out += origins_.kind(posted.touch);
        out += ',';
        append_cell(out, account.code);
        out += ',';
        append_cell(out, asset.code);
        out += posted.side == Side::debit ? ",debit," : ",credit,";
        append(out, posted.amount);
        out += ',';
        append_decimal(out, posted.amount, asset.scale);
        out += ',';
        append(out, balance);
        out += ',';
        append_decimal(out, balance, asset.scale);
        out += ',';
        append_cell(out, origins_.reference(posted.touch));
        out += ',';
        append_cell(out, origins_.description(posted.touch));
        out += ',';
        const Stamp effective = origins_.effective_at(posted.touch);
        out += effective.is_none() ? recorded_at_ : to_string(effective);
        out += ',';
        out += recorded_at_;
        out += ',';
        out += hash_;
        out += kCsvLineEnd;
    }

    std::unique_ptr<OutputFile> file_;
    Origins origins_;
    std::uint64_t block_ = 0;  // that `recorded_at_` is of
    std::string recorded_at_;
    std::string hash_;  // of the record
};

class CsvWriter final : public FormatWriter {
public:
    CsvWriter(std::filesystem::path directory, std::unique_ptr<OutputFile> entries)
        : directory_{std::move(directory)}, entries_{std::move(entries)} {}

    Result<void> begin(const Chart& chart) override {
        for (std::uint64_t number = 1; number <= chart.account_count(); ++number) {
            const Totals& totals = chart.account(AccountNumber{number}).totals;
            openings_.push_back({totals.posted_debits, totals.posted_credits});
        }
        return {};
    }
    Result<void> add(const WalkedRecord& walked, const Chart& chart) override {
        return entries_.add(walked, chart);
    }
    Result<std::vector<WrittenFile>> end(const Chart& chart) override {
        auto entries = entries_.end();
        if (!entries) return std::unexpected{entries.error()};
        auto balances = write_balances(directory_ / "balances.csv", chart);
        if (!balances) return std::unexpected{balances.error()};
        auto trial = write_trial_balance(directory_ / "trial-balance.csv", chart, openings_);
        if (!trial) return std::unexpected{trial.error()};
        return std::vector{*std::move(entries), *std::move(balances), *std::move(trial)};
    }

private:
    std::filesystem::path directory_;
    std::vector<Opening> openings_;  // by account
    EntriesFile entries_;
};

}  // namespace

Result<std::unique_ptr<FormatWriter>> open_csv(const std::filesystem::path& directory) {
    auto entries = OutputFile::create(directory / "entries.csv");
    if (!entries) return std::unexpected{entries.error()};
    return std::make_unique<CsvWriter>(directory, *std::move(entries));
}

}  // namespace daybook::exports
