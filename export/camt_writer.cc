#include "export/camt_writer.h"

#include <algorithm>
#include <utility>

#include "export/ledger_text.h"
#include "export/origins.h"
#include "export/text.h"

namespace daybook::exports {

namespace {

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            default:
                out.push_back(c);
        }
    }
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
    out.push_back('<');
    out += name;
    out.push_back('>');
    append_escaped(out, text);
    out += "</";
    out += name;
    out.push_back('>');
}

// So many characters of UTF-8 at most: the standard counts characters.
std::string_view at_most(std::string_view text, std::size_t characters) {
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        const bool starts = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
        if (starts && characters-- == 0) break;
    }
    return text.substr(0, end);
}

// One account's statement. The standard calls an increase CRDT and a decrease DBIT; which side of
// the ledger increases an account depends on its type.
class StatementFile {
public:
    StatementFile(std::unique_ptr<OutputFile> file, CamtAccount account)
        : file_{std::move(file)}, account_{std::move(account)} {}

    AccountNumber account() const { return account_.number; }
    Result<WrittenFile> end() {
        file_->text() += "</Stmt>\n</BkToCstmrStmt>\n</Document>\n";
        return file_->finish();
    }

    Result<void> begin(const CamtPlan& plan, const WalkedRecord& first, const Totals& opening) {
        std::string& out = file_->text();
        const std::string number = std::to_string(plan.statement);
        const std::string id = std::to_string(account_.number.value()) + "-" + number;
        out +=
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n"
            "<BkToCstmrStmt>\n<GrpHdr>";
        append_element(out, "MsgId", id);
        append_element(out, "CreDtTm", to_string(plan.closed_at));
        out += "</GrpHdr>\n<Stmt>";
        append_element(out, "Id", id);
        append_element(out, "ElctrncSeqNb", number);
        append_element(out, "CreDtTm", to_string(plan.closed_at));
        out += "\n<FrToDt>";
        append_element(out, "FrDtTm", to_string(first.block.stamp));
        append_element(out, "ToDtTm", to_string(plan.closed_at));
        out += "</FrToDt>\n<Acct><Id><Othr>";
        append_element(out, "Id", account_.code);
        out += "</Othr></Id>";
        append_element(out, "Ccy", account_.currency);
        out += "</Acct>\n";
        if (auto done = add_balance("OPBD", opening, first.block.stamp); !done) return done;
        return add_balance("CLBD", account_.closing, plan.closed_at);
    }

    Result<void> add(const WalkedRecord& walked, std::size_t line, const PostedTouch& posted,
                     const Origins& origins) {
        std::string& out = file_->text();
        const std::string id =
            std::to_string(walked.record.seq().value()) + "." + std::to_string(line);
        const Stamp effective = origins.effective_at(posted.touch);
        const std::string booked = day_of(walked.block.stamp);
        out += "<Ntry>";
        append_element(out, "NtryRef", id);
        if (auto done = add_amount(posted.amount, posted.side); !done) return done;
        out += "<Sts><Cd>BOOK</Cd></Sts><BookgDt>";
        append_element(out, "Dt", booked);
        out += "</BookgDt><ValDt>";
        append_element(out, "Dt", effective.is_none() ? booked : day_of(effective));
        out += "</ValDt>";
        append_element(out, "AcctSvcrRef", id);
        out += "<BkTxCd><Prtry>";
        append_element(out, "Cd", origins.kind(posted.touch));
        out += "<Issr>DAYBOOK</Issr></Prtry></BkTxCd>";
        add_details(origins.reference(posted.touch), origins.description(posted.touch));
        out += "</Ntry>\n";
        return file_->pass_on();
    }

private:
    void add_details(std::string_view reference, std::string_view description) {
        constexpr std::size_t kReferenceMax = 35;
        constexpr std::size_t kRemittanceMax = 140;
        if (reference.empty() && description.empty()) return;
        std::string& out = file_->text();
        out += "<NtryDtls><TxDtls>";
        const auto short_reference = at_most(reference, kReferenceMax);
        if (!short_reference.empty()) {
            out += "<Refs>";
            append_element(out, "EndToEndId", short_reference);
            out += "</Refs>";
        }
        if (!description.empty()) {
            out += "<RmtInf>";
            append_element(out, "Ustrd", at_most(description, kRemittanceMax));
            out += "</RmtInf>";
        }
        // A reference that is too long for its place is there in full.
        if (short_reference != reference) append_element(out, "AddtlTxInf", reference);
        out += "</TxDtls></NtryDtls>";
    }

    Result<void> add_balance(std::string_view code, const Totals& totals, Stamp at) {
        std::string& out = file_->text();
        const Side side = totals.posted_debits == totals.posted_credits ? normal_side(account_.type)
                          : totals.posted_debits > totals.posted_credits ? Side::debit
                                                                         : Side::credit;
        const auto amount = side == Side::debit
                                ? checked_subtract(totals.posted_debits, totals.posted_credits)
                                : checked_subtract(totals.posted_credits, totals.posted_debits);
        out += "<Bal><Tp><CdOrPrtry>";
        append_element(out, "Cd", code);
        out += "</CdOrPrtry></Tp>";
        auto added = add_amount(amount.value_or(Amount{}), side);
        out += "<Dt>";
        append_element(out, "Dt", day_of(at));
        out += "</Dt></Bal>\n";
        return added;
    }

    Result<void> add_amount(Amount amount, Side side) {
        constexpr Amount kMost{0, 999'999'999'999'999'999};  // 18 digits
        if (amount > kMost) {
            return fail(ErrorCode::bad_input,
                        "account '" + account_.code + "': camt.053 cannot carry " +
                            to_decimal(amount, account_.scale) + " " + account_.currency +
                            ", only 18 digits; export another format");
        }
        std::string& out = file_->text();
        out += "<Amt Ccy=\"" + account_.currency + "\">";
        append_decimal(out, amount, account_.scale);
        out += "</Amt><CdtDbtInd>";
        out += side == normal_side(account_.type) ? "CRDT" : "DBIT";
        out += "</CdtDbtInd>";
        return {};
    }

    std::unique_ptr<OutputFile> file_;
    CamtAccount account_;
};

class CamtWriter final : public FormatWriter {
public:
    CamtWriter(CamtPlan plan, std::vector<std::unique_ptr<StatementFile>> files)
        : plan_{std::move(plan)}, files_{std::move(files)}, openings_(files_.size()) {}

    Result<void> begin(const Chart& chart) override {
        for (std::size_t i = 0; i < files_.size(); ++i) {
            const AccountNumber number = files_[i]->account();
            const bool is_open = number.value() <= chart.account_count();
            if (is_open) openings_[i] = chart.account(number).totals;
        }
        return {};
    }

    Result<void> add(const WalkedRecord& walked, const Chart& /*chart*/) override {
        if (!std::exchange(has_begun_, true)) {
            for (std::size_t i = 0; i < files_.size(); ++i) {
                if (auto begun = files_[i]->begin(plan_, walked, openings_[i]); !begun)
                    return begun;
            }
        }
        std::size_t line = 0;
        bool is_read = false;
        for (const auto& posted : walked.posted) {
            ++line;
            const auto file = std::ranges::find_if(files_, [&](const auto& candidate) {
                return candidate->account() == posted.account;
            });
            if (file == files_.end()) continue;
            if (!std::exchange(is_read, true)) {
                if (auto read = origins_.read(walked.record); !read) return read;
            }
            if (auto added = (*file)->add(walked, line, posted, origins_); !added) return added;
        }
        return {};
    }

    Result<std::vector<WrittenFile>> end(const Chart& /*chart*/) override {
        std::vector<WrittenFile> written;
        for (const auto& file : files_) {
            auto done = file->end();
            if (!done) return std::unexpected{done.error()};
            written.push_back(*std::move(done));
        }
        return written;
    }

private:
    CamtPlan plan_;
    std::vector<std::unique_ptr<StatementFile>> files_;  // an account each
    std::vector<Totals> openings_;                       // of the same
    Origins origins_;
    bool has_begun_ = false;
};

}  // namespace

Result<std::unique_ptr<FormatWriter>> open_camt(const std::filesystem::path& directory,
                                                CamtPlan plan) {
    std::vector<std::unique_ptr<StatementFile>> files;
    for (const auto& account : plan.accounts) {
        const std::string name = "camt053-" + std::to_string(account.number.value()) + ".xml";
        auto file = OutputFile::create(directory / name);
        if (!file) return std::unexpected{file.error()};
        files.push_back(std::make_unique<StatementFile>(*std::move(file), account));
    }
    return std::make_unique<CamtWriter>(std::move(plan), std::move(files));
}

}  // namespace daybook::exports
