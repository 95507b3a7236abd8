#include "export/camt_check.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "export/check_lines.h"
#include "export/ledger_text.h"

namespace daybook::exports {

namespace {

std::unexpected<Error> wrong(const std::string& what) {
    return fail(ErrorCode::bad_input, what);
}

// The text of the line's first element of this name; empty when there is none.
std::string_view element(std::string_view line, std::string_view name) {
    const std::string begin = "<" + std::string{name} + ">";
    const std::string end = "</" + std::string{name} + ">";
    const auto at = line.find(begin);
    if (at == std::string_view::npos) return {};
    line.remove_prefix(at + begin.size());
    return line.substr(0, line.find(end));
}

// The place of a posting, `seq.line`.
using Place = std::pair<std::uint64_t, std::uint64_t>;

Place place_in(std::string_view text) {
    Place place;
    const char* const end = text.data() + text.size();
    const auto seq = std::from_chars(text.data(), text.data() + text.size(), place.first);
    if (seq.ec != std::errc{} || seq.ptr == end || *seq.ptr != '.') return {};
    const auto line = std::from_chars(seq.ptr + 1, end, place.second);
    return line.ec == std::errc{} && line.ptr == end ? place : Place{};
}

bool add_to(Amount& sum, Amount amount) {
    const auto total = checked_add(sum, amount);
    if (total) sum = *total;
    return total.has_value();
}

// One file, line by line as camt_writer.cc writes it.
class StatementLines {
public:
    StatementLines(const Manifest& manifest, const std::string& name,
                   const std::map<std::string, std::string>& closings)
        : manifest_{manifest}, closings_{closings} {
        constexpr std::string_view kBegin = "camt053-";
        constexpr std::string_view kEnd = ".xml";
        std::string_view number = name;
        if (!number.starts_with(kBegin) || !number.ends_with(kEnd)) return;
        number.remove_prefix(kBegin.size());
        number.remove_suffix(kEnd.size());
        id_ = std::string{number} + "-" + std::to_string(manifest.statement.value_or(0));
    }

    Result<void> add(std::uint64_t number, std::string_view line) {
        if (is_over_) return wrong("it is behind the end of the statement");
        if (number <= kHead) return add_head(number, line);
        if (line.starts_with("<Ntry>")) return add_entry(line);
        if (line == "</Stmt>") return end_statement();
        is_over_ = line == "</Document>" && is_ended_;
        if (is_over_ || (line == "</BkToCstmrStmt>" && is_ended_)) return {};
        return wrong("it is no line that an export writes");
    }

    Seq at() const { return Seq{last_.first}; }
    bool is_over() const { return is_over_; }
    std::uint64_t entries() const { return entries_; }
    const std::string& account() const { return account_; }
    // As it is written, without its code.
    const std::string& closing() const { return closing_; }

private:
    static constexpr std::uint64_t kHead = 9;  // lines before the entries

    Result<void> add_head(std::uint64_t number, std::string_view line) {
        const auto expect = [](bool is_so, const std::string& what) -> Result<void> {
            return is_so ? Result<void>{} : wrong(what);
        };
        switch (number) {
            case 4:
                return expect(element(line, "MsgId") == id_ && !id_.empty() &&
                                  element(line, "CreDtTm") == to_string(manifest_.last_block.stamp),
                              "its number or its moment is not the manifest's");
            case 5:
                return expect(element(line, "Id") == id_ &&
                                  element(line, "ElctrncSeqNb") ==
                                      std::to_string(manifest_.statement.value_or(0)),
                              "its number is not the manifest's");
            case 6:
                return expect(element(line, "FrDtTm") == to_string(manifest_.first_block.stamp) &&
                                  element(line, "ToDtTm") == to_string(manifest_.last_block.stamp),
                              "its period is not that of the manifest's blocks");
            case 7:
                return add_account(line);
            case 8:
                return add_opening(line);
            case 9:
                closing_ = line;
                return read_balance(line, "CLBD", closing_sums_);
            default:
                return expect(!line.empty(), "it is no line that an export writes");
        }
    }

    Result<void> add_account(std::string_view line) {
        account_ = element(element(line, "Othr"), "Id");
        const auto known =
            std::ranges::find(manifest_.totals, element(line, "Ccy"), &AssetTotals::asset);
        if (std::ranges::find(manifest_.accounts, account_) == manifest_.accounts.end()) {
            return wrong("its account is not in the manifest");
        }
        if (known == manifest_.totals.end()) return wrong("its currency is not in the manifest");
        currency_ = known->asset;
        scale_ = known->scale;
        return {};
    }

    Result<void> add_opening(std::string_view line) {
        if (auto read = read_balance(line, "OPBD", sums_); !read) return read;
        if (manifest_.from == Seq{1} && sums_ != Sums{}) {
            return wrong("it opens with a balance before seq 1");
        }
        const auto before = closings_.find(account_);
        if (before == closings_.end()) return {};
        // The day of the one is that of the other's end.
        const auto amount_of = [](std::string_view text) {
            return text.substr(0, text.find("<Dt>")).substr(text.find("<Amt"));
        };
        if (amount_of(before->second) == amount_of(line)) return {};
        return wrong("it is not the closing of the statement before");
    }

    struct Sums {
        Amount increases;
        Amount decreases;
        friend bool operator==(const Sums&, const Sums&) = default;
    };

    Result<void> read_balance(std::string_view line, std::string_view code, Sums& sums) const {
        if (element(element(line, "CdOrPrtry"), "Cd") != code) {
            return wrong("it is not the balance " + std::string{code});
        }
        return add_amount(line, sums);
    }

    Result<void> add_amount(std::string_view line, Sums& sums) const {
        const std::string begin = "<Amt Ccy=\"" + currency_ + "\">";
        const auto at = line.find(begin);
        if (at == std::string_view::npos) return wrong("it has no amount in " + currency_);
        auto digits = line.substr(at + begin.size());
        digits = digits.substr(0, digits.find('<'));
        const auto amount = parse_decimal(digits, scale_);
        if (!amount || to_decimal(*amount, scale_) != digits) {
            return wrong("its amount is not written as an export writes it");
        }
        const auto direction = element(line, "CdtDbtInd");
        if (direction != "CRDT" && direction != "DBIT") return wrong("it has no side");
        if (add_to(direction == "CRDT" ? sums.increases : sums.decreases, *amount)) return {};
        return wrong("the sum of its account passes 128 bits");
    }

    Result<void> add_entry(std::string_view line) {
        const Place place = place_in(element(line, "NtryRef"));
        if (is_ended_ || place.second == 0 || place <= last_ || Seq{place.first} < manifest_.from ||
            Seq{place.first} > manifest_.to) {
            return wrong("its place is not where it belongs");
        }
        if (element(line, "AcctSvcrRef") != element(line, "NtryRef")) {
            return wrong("it has two references");
        }
        const std::string day{element(element(line, "BookgDt"), "Dt")};
        if (day < day_ || day < day_of(manifest_.first_block.stamp) ||
            day > day_of(manifest_.last_block.stamp)) {
            return wrong("its day is not where it belongs");
        }
        day_ = day;
        last_ = place;
        ++entries_;
        return add_amount(line, sums_);
    }

    Result<void> end_statement() {
        is_ended_ = true;
        const auto up = checked_add(sums_.increases, closing_sums_.decreases);
        const auto down = checked_add(sums_.decreases, closing_sums_.increases);
        if (up && up == down) return {};
        return wrong("the opening balance and the entries do not give the closing balance");
    }

    const Manifest& manifest_;
    const std::map<std::string, std::string>& closings_;
    std::string id_;
    std::string account_;
    std::string currency_;
    unsigned scale_ = 0;
    std::string closing_;
    Sums closing_sums_;
    Sums sums_;  // the opening and what was entered
    Place last_;
    std::string day_;
    std::uint64_t entries_ = 0;
    bool is_ended_ = false;
    bool is_over_ = false;
};

}  // namespace

Found CamtCheck::check(const std::filesystem::path& directory, const Manifest& manifest,
                       const GoOn& go_on) {
    std::map<std::string, std::string> closings;
    std::uint64_t entries = 0;
    for (const auto& file : manifest.files) {
        StatementLines lines{manifest, file.name, closings_};
        auto finding = check_lines(
            directory / file.name,
            [&](std::uint64_t number, std::string_view line) { return lines.add(number, line); },
            [&] { return lines.at(); }, go_on);
        if (!finding || *finding) return finding;
        if (!lines.is_over()) {
            return ExportFinding{file.name, 0, {}, "it ends before its statement does", {}, {}};
        }
        entries += lines.entries();
        if (!closings.emplace(lines.account(), lines.closing()).second) {
            return ExportFinding{file.name, 0, {}, "another file is of its account", {}, {}};
        }
    }
    const std::set<std::string> asked{manifest.accounts.begin(), manifest.accounts.end()};
    if (closings.size() != asked.size() || entries > manifest.counts.postings) {
        return ExportFinding{std::string{kManifestName},
                             0,
                             {},
                             "its accounts or postings are not those of its files",
                             {},
                             {}};
    }
    closings_ = std::move(closings);
    return std::optional<ExportFinding>{};
}

}  // namespace daybook::exports
