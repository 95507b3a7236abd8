#include "cli/csv_entries.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "export/csv_cell.h"
#include "gateway/key.h"
#include "json/moment.h"
#include "ledger/form.h"
#include "reconcile/csv.h"

namespace daybook::cli {

using reconcile::CsvReader;
using reconcile::CsvRecord;

namespace {

constexpr std::array<std::string_view, 9> kPostingColumns{
    "entry", "account",   "side",        "amount",      "asset",
    "type",  "reference", "description", "effective_at"};
constexpr std::size_t kRequired = 4;  // the first of them

// Where each column is in a row.
class Columns {
public:
    static Result<Columns> read(const CsvRecord& head) {
        Columns columns;
        for (std::size_t place = 0; place < head.fields.size(); ++place) {
            const auto& name = head.fields[place];
            const auto* const known = std::ranges::find(kPostingColumns, name);
            if (known == kPostingColumns.end()) {
                return wrong("has a column '" + name + "'");
            }
            auto& at = columns.places_[static_cast<std::size_t>(known - kPostingColumns.begin())];
            if (at) return wrong("has the column '" + name + "' twice");
            at = place;
        }
        for (std::size_t i = 0; i < kRequired; ++i) {
            if (!columns.places_[i]) {
                return wrong("has no column '" + std::string{kPostingColumns[i]} + "'");
            }
        }
        columns.count_ = head.fields.size();
        return columns;
    }

    std::size_t count() const { return count_; }
    std::string_view of(const CsvRecord& row, std::string_view name) const {
        const auto* const known = std::ranges::find(kPostingColumns, name);
        const auto place = places_[static_cast<std::size_t>(known - kPostingColumns.begin())];
        return place ? exports::without_escape(row.fields[*place]) : std::string_view{};
    }

private:
    static std::unexpected<Error> wrong(const std::string& what) {
        return fail(ErrorCode::bad_input,
                    "the first row " + what +
                        "; it must name entry, account, side and amount, and may name asset, type, "
                        "reference, description and effective_at");
    }

    std::array<std::optional<std::size_t>, kPostingColumns.size()> places_;
    std::size_t count_ = 0;
};

class Reader {
public:
    explicit Reader(Columns columns) : columns_{std::move(columns)} {}

    void add(const CsvRecord& row) {
        ++read_.rows;
        if (row.fields.size() != columns_.count()) {
            end_entry();
            return refuse(row.line, {},
                          "it has " + std::to_string(row.fields.size()) + " fields instead of " +
                              std::to_string(columns_.count()));
        }
        const std::string name{columns_.of(row, "entry")};
        if (!entry_ || entry_->name != name) begin_entry(row, name);
        if (const auto why = why_not(row); !why.empty()) {
            refuse(row.line, name, why);
            is_refused_ = true;
        }
    }

    CsvEntries end() {
        end_entry();
        return std::move(read_);
    }

private:
    void refuse(std::size_t line, std::string entry, std::string why) {
        read_.refused.push_back({line, std::move(entry), std::move(why)});
    }

    void begin_entry(const CsvRecord& row, const std::string& name) {
        end_entry();
        entry_ = CsvEntry{row.line, name, {}, {}, {}};
        const auto key = gateway::key_from_text(name);
        const auto say = [&](const std::string& why) {
            refuse(row.line, name, why);
            is_refused_ = true;
        };
        if (!key) say("the entry's name is its key: 1 to 128 visible ASCII characters");
        entry_->key = key.value_or(Id128{});
        if (!names_.insert(name).second)
            say("an entry of this name has ended before; keep its rows together");
        entry_->particulars.reference = columns_.of(row, "reference");
        entry_->particulars.description = columns_.of(row, "description");
        const auto effective = columns_.of(row, "effective_at");
        if (effective.empty()) return;
        const auto moment = json::parse_moment(effective);
        if (!moment) return say(moment.error().detail);
        entry_->particulars.effective_at = *moment;
    }

    void end_entry() {
        if (entry_ && !is_refused_) {
            const auto count = entry_->postings.size();
            if (count < 2 || count > kPostingsMax) {
                refuse(entry_->line, entry_->name,
                       "it has " + std::to_string(count) + " rows; an entry has 2 to 255");
            } else {
                read_.entries.push_back(*std::move(entry_));
            }
        }
        entry_.reset();
        is_refused_ = false;
    }

    // Takes the row into the entry; says what is wrong with it.
    std::string why_not(const CsvRecord& row) {
        CsvPosting posting{row.line, std::string{columns_.of(row, "account")}, Side::debit,
                           std::string{columns_.of(row, "amount")}};
        const auto side = columns_.of(row, "side");
        if (!is_account_code(posting.account))
            return "'" + posting.account + "' is no account code";
        if (side != name_of(Side::debit) && side != name_of(Side::credit)) {
            return "'" + std::string{side} + "' is neither debit nor credit";
        }
        posting.side = side == name_of(Side::debit) ? Side::debit : Side::credit;
        if (auto why = note_account(row, posting.account); !why.empty()) return why;
        entry_->postings.push_back(std::move(posting));
        return {};
    }

    std::string note_account(const CsvRecord& row, const std::string& code) {
        CsvAccount& account = read_.accounts[code];
        if (account.line == 0) account.line = row.line;
        const auto asset = columns_.of(row, "asset");
        const auto type = columns_.of(row, "type");
        if (!asset.empty()) {
            if (!account.asset.empty() && account.asset != asset) {
                return "account '" + code + "' has asset " + account.asset + " in a row before";
            }
            account.asset = asset;
        }
        if (type.empty()) return {};
        const auto parsed = parse_account_type(type);
        if (!parsed) return "'" + std::string{type} + "' is no account type";
        if (account.type && account.type != parsed) {
            return "account '" + code + "' has another type in a row before";
        }
        account.type = parsed;
        return {};
    }

    Columns columns_;
    CsvEntries read_;
    std::optional<CsvEntry> entry_;
    bool is_refused_ = false;  // the entry
    std::set<std::string> names_;
};

}  // namespace

Result<CsvEntries> read_csv_entries(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    CsvReader rows{text, ','};
    const auto head = rows.next();
    if (!head) return std::unexpected{head.error()};
    if (!*head) return fail(ErrorCode::bad_input, "the file is empty");
    auto columns = Columns::read(**head);
    if (!columns) return std::unexpected{columns.error()};
    Reader reader{*std::move(columns)};
    while (true) {
        const auto row = rows.next();
        if (!row) return std::unexpected{row.error()};
        if (!*row) return reader.end();
        reader.add(**row);
    }
}

}  // namespace daybook::cli
