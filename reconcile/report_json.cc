#include <limits>

#include "json/line.h"
#include "reconcile/report.h"

namespace daybook::reconcile {

namespace {

using Json = json::Line;

void add_sum(Json& json, std::string_view name, const Sum& sum) {
    json.begin_object(name)
        .big("lines", sum.count)
        .amount("sum", SignedAmount{sum.amount})
        .end_object();
}

void add_totals(Json& json, std::string_view name, const ControlTotals& totals) {
    json.begin_object(name).amount("opening", totals.opening);
    add_sum(json, "increases", totals.increases);
    add_sum(json, "decreases", totals.decreases);
    json.amount("closing", totals.closing);
    add_sum(json, "before_period", totals.before);
    add_sum(json, "after_period", totals.after);
    json.big("equal_lines", totals.equal_lines).end_object();
}

void add_period(Json& json, const Period& period) {
    json.begin_object("period")
        .text("from", to_string(period.from))
        .text("to", to_string(period.to - std::chrono::days{1}))
        .end_object();
}

void add_rules(Json& json, const Rules& rules) {
    json.begin_object("rules");
    if (!rules.hash.empty()) json.text("sha256", rules.hash);
    json.small("timing_days", rules.timing_days)
        .small("date_days", rules.date_days)
        .text("group_same_day", name_of(rules.group_same_day))
        .begin_array("names");
    for (const auto& rule : rules.rules)
        json.text(rule.name);
    json.end_array().end_object();
}

// What was compared with what.
void add_head(Json& json, const Reconciliation& result) {
    const auto& ledger = result.ledger;
    json.text("format", "daybook-reconciliation-1")
        .boolean("is_clean", result.is_clean())
        .big("breaks", result.breaks())
        .text("book", to_hex(ledger.book.bytes))
        .big("cut_seq", ledger.cut)
        .text("cut_at", to_string(ledger.cut_stamp))
        .text("chain_head", to_hex(ledger.chain_head.bytes))
        .text("account", ledger.account)
        .text("type", name_of(ledger.type))
        .text("asset", ledger.money.asset)
        .small("scale", ledger.money.scale);
    add_period(json, result.period);
    json.begin_array("statements");
    for (const auto& hash : result.statement.hashes)
        json.begin_object().text("sha256", hash).end_object();
    json.end_array();
    json.big("pending", result.statement.statement.pending);
    json.big("zeros", result.statement.statement.zeros);
    add_rules(json, result.rules);
}

void add_figures(Json& json, const Reconciliation& result) {
    json.begin_object("totals");
    add_totals(json, "ledger", result.ledger_totals);
    add_totals(json, "statement", result.statement_totals);
    json.end_object().begin_array("bridge");
    for (const auto& step : bridge_of(result))
        json.begin_object().text("what", step.what).amount("amount", step.amount).end_object();
    json.end_array()
        .amount("opening_open", SignedAmount{result.opening_open()})
        .begin_array("ageing");
    for (const auto& band : result.ageing) {
        json.begin_object().small("from_days", band.from);
        if (band.to != std::numeric_limits<std::uint32_t>::max()) json.small("to_days", band.to);
        add_sum(json, "ledger", band.ledger);
        add_sum(json, "statement", band.statement);
        json.end_object();
    }
    json.end_array().begin_array("trial_balance");
    for (const auto& trial : result.ledger.trial) {
        json.begin_object().text("asset", trial.asset).small("scale", trial.scale);
        json.begin_object("net");
        for (std::uint8_t type = 1; type <= 5; ++type)
            json.amount(name_of(static_cast<AccountType>(type)), trial.net.at(type - 1U));
        json.end_object().amount("total", trial.total).big("accounts", trial.accounts).end_object();
    }
    json.end_array();
    json.begin_object("group_searches")
        .big("ambiguous", result.searches.ambiguous)
        .big("given_up", result.searches.given_up)
        .end_object();
}

void add_bucket(Json& json, const Reconciliation& result, Bucket which) {
    const auto& bucket = result.bucket(which);
    json.text("bucket", name_of(which))
        .boolean("is_break", is_break(which))
        .big("count", bucket.matches);
    add_sum(json, "ledger", bucket.ledger);
    add_sum(json, "statement", bucket.statement);
    json.amount("difference", SignedAmount{bucket.difference()});
}

void add_line(Json& json, const Line& line, Party party, const Period& period) {
    json.begin_object();
    if (party == Party::ledger) {
        json.big("seq", line.at.seq()).small("touch", line.at.touch());
    } else {
        json.big("line", line.number);
    }
    json.text("day", to_string(line.day)).amount("amount", line.amount);
    if (!line.reference.empty()) json.text("reference", line.reference);
    if (!line.description.empty()) json.text("description", line.description);
    if (!line.counterpart.empty()) json.text("counterpart", line.counterpart);
    if (!period.has(line.day)) json.boolean("is_outside_period", true);
    json.end_object();
}

void add_match(Json& json, const Reconciliation& result, const Match& match) {
    json.begin_object();
    if (!match.by.empty()) json.text("by", match.by);
    json.begin_array("ledger");
    for (const auto index : match.ledger)
        add_line(json, result.ledger.lines[index], Party::ledger, result.period);
    json.end_array().begin_array("statement");
    for (const auto index : match.statement) {
        add_line(json, result.statement.statement.lines[index], Party::statement, result.period);
    }
    json.end_array();
    const auto difference = difference_of(result, match);
    if (difference != SignedAmount{}) json.amount("difference", difference);
    json.end_object();
}

}  // namespace

std::string summary_json(const Reconciliation& result) {
    Json json;
    json.begin_object();
    add_head(json, result);
    add_figures(json, result);
    json.begin_array("buckets");
    for (std::size_t i = 0; i < kBuckets; ++i) {
        json.begin_object();
        add_bucket(json, result, static_cast<Bucket>(i));
        json.end_object();
    }
    json.end_array().end_object();
    return json.str();
}

Result<void> write_json(const Reconciliation& result, const Sink& sink) {
    Json json;
    json.begin_object();
    add_head(json, result);
    add_figures(json, result);
    if (auto done = sink(json.str() + ",\n\"buckets\":["); !done) return done;
    auto match = result.matches.begin();
    for (std::size_t i = 0; i < kBuckets; ++i) {
        const auto which = static_cast<Bucket>(i);
        json.clear();
        json.begin_object();
        add_bucket(json, result, which);
        if (auto done = sink((i == 0 ? "\n" : ",\n") + json.str() + ",\"matches\":["); !done)
            return done;
        for (bool is_first = true; match != result.matches.end() && match->bucket == which;
             ++match, is_first = false) {
            json.clear();
            add_match(json, result, *match);
            if (auto done = sink((is_first ? "\n" : ",\n") + json.str()); !done) return done;
        }
        if (auto done = sink("]}"); !done) return done;
    }
    return sink("]}\n");
}

}  // namespace daybook::reconcile
