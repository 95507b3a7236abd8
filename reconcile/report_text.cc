#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "reconcile/report.h"

namespace daybook::reconcile {

namespace {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell; all but the first `left` are flush right.
std::string table(const std::vector<Row>& rows, std::size_t left) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line = " ";
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += i < left ? fmt::format(" {:<{}}", row[i], widths[i])
                             : fmt::format(" {:>{}}", row[i], widths[i] + 1);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

class Text {
public:
    explicit Text(const Reconciliation& result) : result_{result} {}

    std::string head() const {
        const auto& ledger = result_.ledger;
        std::string text = fmt::format("Reconciliation of {}, {}, in {}\n\n", ledger.account,
                                       to_string(result_.period), ledger.money.asset);
        text += fmt::format("  book        {}\n", to_hex(ledger.book.bytes));
        text += fmt::format("  cut         seq {}, {}\n", ledger.cut.value(),
                            to_string(ledger.cut_stamp));
        text += fmt::format("  chain head  {}\n", to_hex(ledger.chain_head.bytes));
        for (const auto& hash : result_.statement.hashes)
            text += fmt::format("  statement   sha256 {}\n", hash);
        text += result_.rules.hash.empty()
                    ? std::string{"  rules       none: exact matches, and the built-in ways\n"}
                    : fmt::format("  rules       sha256 {}\n", result_.rules.hash);
        if (const auto pending = result_.statement.statement.pending; pending != 0) {
            text += fmt::format("  pending     {} entries that are not booked yet\n", pending);
        }
        if (const auto zeros = result_.statement.statement.zeros; zeros != 0) {
            text += fmt::format("  zeros       {} booked entries that move nothing\n", zeros);
        }
        return text;
    }

    std::string totals() const {
        const auto& ours = result_.ledger_totals;
        const auto& theirs = result_.statement_totals;
        const auto row = [](const char* name, std::string left, std::string right) {
            return Row{name, std::move(left), std::move(right)};
        };
        return "\nControl totals\n" +
               table({row("", "LEDGER", "STATEMENT"),
                      row("opening balance", decimal(ours.opening), decimal(theirs.opening)),
                      row("increases", sum(ours.increases), sum(theirs.increases)),
                      row("  lines", count(ours.increases), count(theirs.increases)),
                      row("decreases", sum(ours.decreases), sum(theirs.decreases)),
                      row("  lines", count(ours.decreases), count(theirs.decreases)),
                      row("closing balance", decimal(ours.closing), decimal(theirs.closing)),
                      row("lines before and after", outside(ours), outside(theirs)),
                      row("lines equal to another of the day", std::to_string(ours.equal_lines),
                          std::to_string(theirs.equal_lines))},
                     1);
    }

    std::string bridge() const {
        std::vector<Row> rows;
        for (const auto& step : bridge_of(result_)) {
            std::string name{step.what};
            std::ranges::replace(name, '_', ' ');
            rows.push_back({std::move(name), decimal(step.amount)});
        }
        return "\nBridge from the ledger's closing balance to the statement's\n" + table(rows, 1);
    }

    std::string buckets() const {
        std::vector<Row> rows{
            {"BUCKET", "COUNT", "LEDGER LINES", "SUM", "STATEMENT LINES", "SUM", "DIFFERENCE"}};
        Sum ledger;
        Sum statement;
        for (std::size_t i = 0; i < kBuckets; ++i) {
            const auto& bucket = result_.buckets.at(i);
            std::string name{name_of(static_cast<Bucket>(i))};
            std::ranges::replace(name, '_', ' ');
            rows.push_back({std::move(name), std::to_string(bucket.matches), count(bucket.ledger),
                            sum(bucket.ledger), count(bucket.statement), sum(bucket.statement),
                            decimal(SignedAmount{bucket.difference()})});
            ledger.count += bucket.ledger.count;
            ledger.amount += bucket.ledger.amount;
            statement.count += bucket.statement.count;
            statement.amount += bucket.statement.amount;
        }
        rows.push_back({"all", std::to_string(result_.matches.size()), count(ledger), sum(ledger),
                        count(statement), sum(statement),
                        decimal(SignedAmount{ledger.amount - statement.amount})});
        std::string text = "\nBuckets: every line is in one\n" + table(rows, 1);
        if (result_.searches.ambiguous + result_.searches.given_up > 0) {
            text += fmt::format(
                "  Searches for groups without an answer: {} with several, {} with too many lines; "
                "a rule makes them narrower.\n",
                result_.searches.ambiguous, result_.searches.given_up);
        }
        return text;
    }

    std::string ageing() const {
        std::vector<Row> rows{{"DAYS OPEN", "LEDGER LINES", "SUM", "STATEMENT LINES", "SUM"}};
        for (const auto& band : result_.ageing) {
            const bool is_last = band.to == std::numeric_limits<std::uint32_t>::max();
            rows.push_back({is_last ? fmt::format("{} and more", band.from)
                                    : fmt::format("{} to {}", band.from, band.to),
                            count(band.ledger), sum(band.ledger), count(band.statement),
                            sum(band.statement)});
        }
        return "\nAgeing of what is open, on the period's last day\n" + table(rows, 1);
    }

    std::string trial() const {
        std::vector<Row> rows{{"ASSET", "ASSETS", "LIABILITIES", "EQUITY", "INCOME", "EXPENSES",
                               "TOTAL", "ACCOUNTS"}};
        for (const auto& trial : result_.ledger.trial) {
            Row row{trial.asset};
            for (const auto& net : trial.net)
                row.push_back(to_decimal(net, trial.scale));
            row.push_back(to_decimal(trial.total, trial.scale));
            row.push_back(std::to_string(trial.accounts));
            rows.push_back(std::move(row));
        }
        return "\nTrial balance at the cut, debits minus credits\n" + table(rows, 1);
    }

    std::string match(const Match& match, std::uint64_t number) const {
        std::string name{name_of(match.bucket)};
        std::ranges::replace(name, '_', ' ');
        std::string text = fmt::format("  {}. {}", number, name);
        const auto difference = difference_of(result_, match);
        if (!match.ledger.empty() && !match.statement.empty() && difference != SignedAmount{}) {
            text += ", by " + decimal(difference);
        }
        text += "\n";
        for (const auto index : match.ledger) {
            const auto& line = result_.ledger.lines[index];
            text += this->line("ledger", to_string(line.at), line);
        }
        for (const auto index : match.statement) {
            const auto& line = result_.statement.statement.lines[index];
            text += this->line("statement", "line " + std::to_string(line.number), line);
        }
        return text;
    }

    std::string verdict() const {
        const auto timing =
            std::ranges::count_if(result_.matches, [&](const daybook::reconcile::Match& match) {
                return match.bucket == Bucket::timing && result_.is_open(match);
            });
        const std::string expected =
            timing == 0 ? std::string{} : fmt::format(", {} expected", timing);
        if (result_.is_clean()) return fmt::format("\nclean{}\n", expected);
        std::string text = fmt::format("\nnot clean: {} breaks{}\n", result_.breaks(), expected);
        if (result_.opening_open() != 0) {
            text += fmt::format(
                "The opening balances differ by {}, which no line of the period clears: reconcile "
                "the period before, or give its statement too.\n",
                decimal(SignedAmount{result_.opening_open()}));
        }
        return text;
    }

private:
    std::string decimal(SignedAmount amount) const {
        return to_decimal(amount, result_.ledger.money.scale);
    }
    std::string sum(const Sum& sum) const { return decimal(SignedAmount{sum.amount}); }
    static std::string count(const Sum& sum) { return std::to_string(sum.count); }
    static std::string outside(const ControlTotals& totals) {
        return fmt::format("{}, {}", totals.before.count, totals.after.count);
    }
    std::string line(std::string_view party, const std::string& place, const Line& line) const {
        std::string text = fmt::format("     {:<9}  {}  {:<12}  {}", party, to_string(line.day),
                                       place, decimal(line.amount));
        if (!line.reference.empty()) text += "  ref " + line.reference;
        if (!line.counterpart.empty()) text += "  " + line.counterpart;
        if (!line.description.empty()) text += "  \"" + line.description + '"';
        if (!result_.period.has(line.day)) text += "  (not of the period)";
        return text + "\n";
    }

    const Reconciliation& result_;
};

}  // namespace

std::vector<BridgeStep> bridge_of(const Reconciliation& result) {
    std::vector<BridgeStep> steps{
        {"ledger_closing", result.ledger_totals.closing},
        {"opening_difference", SignedAmount{-result.opening_difference()}}};
    for (std::size_t i = 0; i < kBuckets; ++i) {
        const auto difference = result.buckets.at(i).difference();
        if (difference == 0) continue;
        steps.push_back({name_of(static_cast<Bucket>(i)), SignedAmount{-difference}});
    }
    steps.push_back({"statement_closing", result.statement_totals.closing});
    return steps;
}

Result<void> write_text(const Reconciliation& result, std::size_t matches_max, const Sink& sink) {
    const Text text{result};
    if (auto done = sink(text.head() + text.totals() + text.bridge() + text.buckets()); !done)
        return done;
    std::uint64_t number = 0;
    for (const auto& match : result.matches) {
        if (!result.is_open(match)) continue;
        if (number == 0) {
            if (auto done = sink("\nOpen\n"); !done) return done;
        }
        if (++number > matches_max) continue;
        if (auto done = sink(text.match(match, number)); !done) return done;
    }
    if (number > matches_max) {
        const auto more = fmt::format("  and {} more, in breaks.csv\n", number - matches_max);
        if (auto done = sink(more); !done) return done;
    }
    return sink(text.ageing() + text.trial() + text.verdict());
}

}  // namespace daybook::reconcile
