#include "cli/statement_output.h"

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/output.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

using projector::Balance;
using projector::StatementLine;
using projector::StatementPage;

// The rest is only counted, so that a line stays one line.
constexpr std::size_t kCountersShown = 3;

class Text final : public StatementOutput {
public:
    explicit Text(StatementFrame frame) : frame_{std::move(frame)} {}

    void add(const StatementPage& page, bool is_first, bool is_last, std::string& out) override {
        const auto& account = frame_.account;
        if (is_first) {
            out += fmt::format("{}, {} in {}\n", account.code, name_of(account.type),
                               frame_.asset.code);
        }
        Table table{{"RECORDED", "SEQ", "EVENT", "WITH", "DEBIT", "CREDIT", "HELD", "POSTED",
                     "AVAILABLE", "ABOUT"},
                    {1, 4, 5, 6, 7, 8}};
        if (is_first) table.add(balance_row("closing", page.closing));
        for (const auto& line : page.lines)
            table.add(row(line));
        if (is_last) table.add(balance_row("opening", page.opening));
        out += table.text();
        if (!is_last) return;
        out += fmt::format("as of seq {}\n", frame_.as_of.value());
        if (!page.next.is_none()) {
            out += fmt::format("older lines: --before {}\n", to_string(page.next));
        }
    }

private:
    std::string decimal(SignedAmount amount) const {
        return to_decimal(amount, frame_.asset.scale);
    }
    std::string posted(const Totals& totals) const {
        return decimal(posted_balance(frame_.account.type, totals));
    }
    std::string available(const Totals& totals) const {
        return decimal(available_balance(frame_.account.type, totals));
    }

    std::vector<std::string> balance_row(const char* name, const Balance& balance) const {
        return {"", "", name, "", "", "", "", posted(balance.totals), available(balance.totals),
                ""};
    }
    std::vector<std::string> row(const StatementLine& line) const {
        const std::string amount =
            line.posted.is_zero() ? "" : to_decimal(line.posted, frame_.asset.scale);
        const bool is_debit = line.side == Side::debit;
        return {to_string(line.recorded_at),
                std::to_string(line.at.seq().value()),
                std::string{name_of(line.kind)},
                counters(line),
                is_debit ? amount : "",
                is_debit ? "" : amount,
                line.held == SignedAmount{} ? "" : decimal(line.held),
                posted(line.after),
                available(line.after),
                about(line)};
    }
    static std::string counters(const StatementLine& line) {
        std::string text;
        for (std::size_t i = 0; i < line.counter.size() && i < kCountersShown; ++i)
            text += (i == 0 ? "" : ", ") + line.counter[i].code;
        if (line.counter.size() <= kCountersShown) return text;
        return text + fmt::format(", and {} more", line.counter.size() - kCountersShown);
    }
    std::string about(const StatementLine& line) const {
        std::vector<std::string> said;
        if (line.about) {
            const bool is_reversal = line.kind == projector::LineKind::reversal;
            said.push_back((is_reversal ? "of " : "hold ") + to_string(*line.about));
        }
        if (line.state) said.emplace_back(name_of(*line.state));
        if (line.limits) {
            said.push_back("min " + bound(line.limits->min) + ", max " + bound(line.limits->max));
        }
        if (!line.reference.empty()) said.push_back("ref " + line.reference);
        if (!line.description.empty()) said.push_back('"' + line.description + '"');
        if (!line.effective_at.is_none()) {
            said.push_back("effective " + to_string(line.effective_at));
        }
        return fmt::format("{}", fmt::join(said, "  "));
    }
    std::string bound(const std::optional<SignedAmount>& limit) const {
        return limit ? decimal(*limit) : "none";
    }

    StatementFrame frame_;
};

class Json final : public StatementOutput {
public:
    explicit Json(StatementFrame frame) : frame_{std::move(frame)} {}

    void add(const StatementPage& page, bool is_first, bool is_last, std::string& out) override {
        if (is_first) add_closing(page, out);
        for (const auto& line : page.lines)
            add_line(line, out);
        if (is_last) add_opening(page, out);
    }

private:
    void add_closing(const StatementPage& page, std::string& out) {
        const auto& account = frame_.account;
        begin("closing");
        json_.text("account", account.code)
            .big("number", account.number.value())
            .text("type", name_of(account.type))
            .text("asset", frame_.asset.code)
            .small("scale", frame_.asset.scale)
            .big("from_seq", frame_.from)
            .big("to_seq", frame_.to)
            .big("as_of_seq", frame_.as_of);
        write(page.closing.totals, page.closing.version);
        end(out);
    }
    void add_opening(const StatementPage& page, std::string& out) {
        begin("opening");
        write(page.opening.totals, page.opening.version);
        if (!page.next.is_none()) json_.text("next", to_string(page.next));
        end(out);
    }
    void add_line(const StatementLine& line, std::string& out) {
        begin("line");
        json_.big("seq", line.at.seq())
            .small("touch", line.at.touch())
            .text("recorded_at", to_string(line.recorded_at))
            .signed_big("recorded_at_ns", line.recorded_at.nanoseconds());
        if (!line.effective_at.is_none()) {
            json_.text("effective_at", to_string(line.effective_at))
                .signed_big("effective_at_ns", line.effective_at.nanoseconds());
        }
        json_.text("kind", name_of(line.kind)).text("id", to_string(line.id));
        if (line.about) {
            const bool is_reversal = line.kind == projector::LineKind::reversal;
            json_.text(is_reversal ? "reverses" : "hold", to_string(*line.about));
        }
        if (!line.reference.empty()) json_.text("reference", line.reference);
        if (!line.description.empty()) json_.text("description", line.description);
        if (line.state) json_.text("state", name_of(*line.state));
        if (line.limits && line.limits->min) json_.amount("min", *line.limits->min);
        if (line.limits && line.limits->max) json_.amount("max", *line.limits->max);
        if (!line.counter.empty()) json_.text("side", name_of(line.side));
        if (!line.posted.is_zero()) json_.amount("amount", line.posted);
        if (line.held != SignedAmount{}) json_.amount("held", line.held);
        json_.begin_array("counter");
        for (const auto& posting : line.counter) {
            json_.begin_object()
                .text("account", posting.code)
                .big("account_number", posting.account.value())
                .text("side", name_of(posting.side))
                .amount("amount", posting.amount)
                .small("scale", posting.scale)
                .end_object();
        }
        json_.end_array();
        write(line.after, line.version);
        end(out);
    }

    void begin(std::string_view what) {
        json_.clear();
        json_.begin_object().text("what", what);
    }
    void write(const Totals& totals, std::uint64_t version) {
        json_.amount("posted", posted_balance(frame_.account.type, totals))
            .amount("available", available_balance(frame_.account.type, totals))
            .amount("posted_debits", totals.posted_debits)
            .amount("posted_credits", totals.posted_credits)
            .amount("held_debits", totals.held_debits)
            .amount("held_credits", totals.held_credits)
            .big("version", version);
    }
    void end(std::string& out) {
        json_.end_object();
        out += json_.str();
        out.push_back('\n');
    }

    StatementFrame frame_;
    json::Line json_;
};

}  // namespace

std::unique_ptr<StatementOutput> statement_text(StatementFrame frame) {
    return std::make_unique<Text>(std::move(frame));
}
std::unique_ptr<StatementOutput> statement_json(StatementFrame frame) {
    return std::make_unique<Json>(std::move(frame));
}

}  // namespace daybook::cli
