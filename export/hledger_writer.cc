#include <algorithm>
#include <utility>

#include "export/format_writer.h"
#include "export/last_postings.h"
#include "export/ledger_text.h"
#include "export/origins.h"
#include "export/text.h"

namespace daybook::exports {

namespace {

char type_letter(AccountType type) {
    switch (type) {
        case AccountType::asset:
            return 'A';
        case AccountType::liability:
            return 'L';
        case AccountType::equity:
            return 'E';
        case AccountType::income:
            return 'R';
        case AccountType::expense:
            return 'X';
    }
    return 'E';
}

bool is_plain_commodity(std::string_view code) {
    return std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// One transaction a record, dated by its block, in the order of the seqs: so the file is in the
// order of its dates too, and an assertion sees all that came before it. Debits are positive.
class HledgerWriter final : public FormatWriter {
public:
    HledgerWriter(std::unique_ptr<OutputFile> file, LastPostings last)
        : file_{std::move(file)}, last_{std::move(last)} {
        out() +=
            "; The postings of a Daybook journal; debits are positive. Made by `daybook export`\n";
        out() += "decimal-mark .\n";
    }

    Result<void> begin(const Chart& chart) override {
        declare(chart);
        return {};
    }

    Result<void> add(const WalkedRecord& walked, const Chart& chart) override {
        if (auto opened = open_before(walked, chart); !opened) return opened;
        declare(chart);
        if (walked.posted.empty()) return file_->pass_on();
        if (auto read = origins_.read(walked.record); !read) return read;
        see_block(walked.block);
        out() += '\n';
        out() += day_;
        out() += " * (";
        append(out(), walked.record.seq().value());
        out() += ") ";
        append_description(walked);
        out() += '\n';
        for (const auto& posted : walked.posted)
            add_posting(walked.record.seq(), posted, chart);
        return file_->pass_on();
    }

    Result<std::vector<WrittenFile>> end(const Chart& /*chart*/) override {
        auto written = file_->finish();
        if (!written) return std::unexpected{written.error()};
        return std::vector{*std::move(written)};
    }

private:
    std::string& out() { return file_->text(); }

    void see_block(const journal::BlockInfo& block) {
        if (block.number == block_) return;
        block_ = block.number;
        day_ = day_of(block.stamp);
    }

    // A cut that starts later brings the balances it finds. `chart` is as its first record left it.
    Result<void> open_before(const WalkedRecord& walked, const Chart& chart) {
        if (has_begun_) return {};
        has_begun_ = true;
        if (opening_.empty()) return {};
        out() += '\n';
        out() += day_of(walked.block.stamp);
        out() += " * opening balances\n";
        for (const auto& [number, balance] : opening_) {
            out() += "    ";
            out() += chart.account(number).code;
            out() += "  ";
            append_amount(balance, chart.account(number).asset);
            out() += '\n';
        }
        opening_ = {};
        return {};
    }

    // What was defined and opened since the last call.
    void declare(const Chart& chart) {
        while (asset_count_ < chart.asset_count()) {
            const AssetNumber number{static_cast<std::uint32_t>(++asset_count_)};
            const ChartAsset& asset = chart.asset(number);
            const bool is_plain = is_plain_commodity(asset.code);
            names_.push_back(is_plain ? asset.code : '"' + asset.code + '"');
            scales_.push_back(asset.scale);
            out() += "\ncommodity 1000.";
            out().append(asset.scale, '0');
            out() += ' ';
            out() += names_.back();
            out() += '\n';
        }
        while (account_count_ < chart.account_count()) {
            const AccountNumber number{++account_count_};
            const ChartAccount& account = chart.account(number);
            out() += "account ";
            out() += account.code;
            out() += "  ; type:";
            out() += type_letter(account.type);
            out() += '\n';
            const auto balance =
                difference(account.totals.posted_debits, account.totals.posted_credits);
            if (!has_begun_ && balance != SignedAmount{}) opening_.emplace_back(number, balance);
        }
    }

    // A semicolon would begin a comment, a bar end the payee.
    void append_description(const WalkedRecord& walked) {
        const auto description = origins_.description(walked.posted.front().touch);
        if (description.empty()) {
            out() += name_of(walked.record.kind());
        } else {
            append_encoded(out(), description, ";|");
        }
    }

    void append_amount(SignedAmount amount, AssetNumber asset) {
        append_decimal(out(), amount, scales_[asset.value() - 1]);
        out() += ' ';
        out() += names_[asset.value() - 1];
    }

    void add_posting(Seq seq, const PostedTouch& posted, const Chart& chart) {
        const ChartAccount& account = chart.account(posted.account);
        const Amount none;
        const bool is_debit = posted.side == Side::debit;
        out() += "    ";
        out() += account.code;
        out() += "  ";
        append_amount(is_debit ? difference(posted.amount, none) : difference(none, posted.amount),
                      account.asset);
        if (last_.is_last(posted.account,
                          TouchPointer{seq, static_cast<std::uint16_t>(posted.touch)})) {
            out() += " = ";
            append_amount(difference(posted.after.posted_debits, posted.after.posted_credits),
                          account.asset);
        }
        out() += "  ; seq:";
        append(out(), seq.value());
        const auto reference = origins_.reference(posted.touch);
        if (!reference.empty()) {
            // A comma would end the tag; what is in brackets is taken for the posting's date.
            out() += ", ref:";
            append_encoded(out(), reference, ",[]");
        }
        const Stamp effective = origins_.effective_at(posted.touch);
        if (!effective.is_none()) {
            out() += ", effective:";
            out() += day_of(effective);
        }
        out() += '\n';
    }

    std::unique_ptr<OutputFile> file_;
    LastPostings last_;
    Origins origins_;
    std::size_t asset_count_ = 0;     // declared
    std::size_t account_count_ = 0;   // the same
    std::vector<std::string> names_;  // of the commodities, by asset
    std::vector<unsigned> scales_;
    std::vector<std::pair<AccountNumber, SignedAmount>> opening_;
    bool has_begun_ = false;
    std::uint64_t block_ = 0;  // that `day_` is of
    std::string day_;
};

}  // namespace

Result<std::unique_ptr<FormatWriter>> open_hledger(const std::filesystem::path& directory,
                                                   LastPostings last) {
    auto file = OutputFile::create(directory / "journal.hledger");
    if (!file) return std::unexpected{file.error()};
    return std::make_unique<HledgerWriter>(*std::move(file), std::move(last));
}

}  // namespace daybook::exports
