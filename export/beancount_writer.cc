#include <utility>

#include "export/beancount_names.h"
#include "export/format_writer.h"
#include "export/ledger_text.h"
#include "export/origins.h"
#include "export/text.h"

namespace daybook::exports {

namespace {

SignedAmount debits_minus_credits(const Totals& totals) {
    return difference(totals.posted_debits, totals.posted_credits);
}

// One transaction a record, dated by its block. Balances are asserted on the day after the last:
// Beancount looks at them at the start of a day.
class BeancountWriter final : public FormatWriter {
public:
    explicit BeancountWriter(std::unique_ptr<OutputFile> file) : file_{std::move(file)} {
        out() +=
            "; The postings of a Daybook journal; debits are positive. Made by `daybook export`\n";
        out() += "option \"title\" \"Daybook\"\n";
    }

    // They are declared on the day of the cut's first record.
    Result<void> begin(const Chart& chart) override {
        for (std::size_t i = 1; i <= chart.account_count(); ++i) {
            const auto balance = debits_minus_credits(chart.account(AccountNumber{i}).totals);
            if (balance != SignedAmount{}) opening_.emplace_back(AccountNumber{i}, balance);
        }
        return {};
    }

    Result<void> add(const WalkedRecord& walked, const Chart& chart) override {
        see_block(walked.block);
        declare(chart);
        open_with_balances(chart);
        if (walked.posted.empty()) return file_->pass_on();
        if (auto read = origins_.read(walked.record); !read) return read;
        out() += '\n';
        out() += day_;
        out() += " * \"";
        append_narration(walked);
        out() += "\"\n  seq: \"";
        append(out(), walked.record.seq().value());
        out() += "\"\n";
        for (const auto& posted : walked.posted)
            add_posting(walked.record.seq(), posted, chart);
        return file_->pass_on();
    }

    Result<std::vector<WrittenFile>> end(const Chart& chart) override {
        const std::string day = day_after(stamp_);
        out() += '\n';
        for (std::size_t i = 1; i <= chart.account_count(); ++i) {
            const AccountNumber number{i};
            const ChartAccount& account = chart.account(number);
            out() += day;
            out() += " balance ";
            out() += names_.of(number);
            out() += "  ";
            append_decimal(out(), debits_minus_credits(account.totals),
                           chart.asset(account.asset).scale);
            out() += " ~ 0 ";  // else it would allow half a minor unit
            out() += names_.of(account.asset);
            out() += '\n';
            if (auto passed = file_->pass_on(); !passed) return std::unexpected{passed.error()};
        }
        auto written = file_->finish();
        if (!written) return std::unexpected{written.error()};
        return std::vector{*std::move(written)};
    }

private:
    std::string& out() { return file_->text(); }

    void see_block(const journal::BlockInfo& block) {
        if (block.number == block_) return;
        block_ = block.number;
        stamp_ = block.stamp;
        day_ = day_of(stamp_);
    }

    // What was defined and opened since the last call.
    void declare(const Chart& chart) {
        while (asset_count_ < chart.asset_count()) {
            const AssetNumber number{static_cast<std::uint32_t>(++asset_count_)};
            const ChartAsset& asset = chart.asset(number);
            out() += '\n';
            out() += day_;
            out() += " commodity ";
            out() += names_.add(asset);
            out() += "\n  code: \"";
            out() += asset.code;
            out() += "\"\n  scale: ";
            append(out(), asset.scale);
            out() += '\n';
        }
        while (account_count_ < chart.account_count()) {
            const ChartAccount& account = chart.account(AccountNumber{++account_count_});
            out() += day_;
            out() += " open ";
            out() += names_.add(account);
            out() += ' ';
            out() += names_.of(account.asset);
            out() += "\n  code: \"";
            out() += account.code;
            out() += "\"\n";
        }
    }

    // A cut that starts later brings the balances it finds.
    void open_with_balances(const Chart& chart) {
        if (opening_.empty()) return;
        out() += '\n';
        out() += day_;
        out() += " * \"opening balances\"\n";
        for (const auto& [number, balance] : opening_) {
            out() += "  ";
            out() += names_.of(number);
            out() += "  ";
            append_amount(balance, chart.account(number).asset, chart);
            out() += '\n';
        }
        opening_ = {};
    }

    void append_quoted(std::string_view text) {
        for (const char c : text) {
            if (c == '"' || c == '\\') out().push_back('\\');
            out().push_back(c);
        }
    }

    void append_narration(const WalkedRecord& walked) {
        const auto description = origins_.description(walked.posted.front().touch);
        append_quoted(description.empty() ? name_of(walked.record.kind()) : description);
    }

    void append_amount(SignedAmount amount, AssetNumber asset, const Chart& chart) {
        append_decimal(out(), amount, chart.asset(asset).scale);
        out() += ' ';
        out() += names_.of(asset);
    }

    void add_posting(Seq seq, const PostedTouch& posted, const Chart& chart) {
        const Amount none;
        const bool is_debit = posted.side == Side::debit;
        out() += "  ";
        out() += names_.of(posted.account);
        out() += "  ";
        append_amount(is_debit ? difference(posted.amount, none) : difference(none, posted.amount),
                      chart.account(posted.account).asset, chart);
        out() += "\n    seq: \"";
        append(out(), seq.value());
        out() += "\"\n";
        const auto reference = origins_.reference(posted.touch);
        if (!reference.empty()) {
            out() += "    ref: \"";
            append_quoted(reference);
            out() += "\"\n";
        }
        const Stamp effective = origins_.effective_at(posted.touch);
        if (effective.is_none()) return;
        out() += "    effective: ";
        out() += day_of(effective);
        out() += '\n';
    }

    std::unique_ptr<OutputFile> file_;
    BeancountNames names_;
    Origins origins_;
    std::size_t asset_count_ = 0;    // declared
    std::size_t account_count_ = 0;  // the same
    std::vector<std::pair<AccountNumber, SignedAmount>> opening_;
    std::uint64_t block_ = 0;  // that these are of
    Stamp stamp_;
    std::string day_;
};

}  // namespace

Result<std::unique_ptr<FormatWriter>> open_beancount(const std::filesystem::path& directory) {
    auto file = OutputFile::create(directory / "journal.beancount");
    if (!file) return std::unexpected{file.error()};
    return std::make_unique<BeancountWriter>(*std::move(file));
}

}  // namespace daybook::exports
