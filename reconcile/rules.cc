#include "reconcile/rules.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/check.h"
#include "json/fields.h"
#include "json/value.h"

namespace daybook::reconcile {

namespace {

using json::Fields;

constexpr std::string_view kFormat = "daybook-rules-1";

std::optional<Party> parse_party(std::string_view text) {
    if (text == "ledger") return Party::ledger;
    if (text == "statement") return Party::statement;
    return std::nullopt;
}

std::optional<ReferenceRule> parse_reference_rule(std::string_view text) {
    for (const auto rule : {ReferenceRule::compatible, ReferenceRule::equal, ReferenceRule::ignored,
                            ReferenceRule::in_description}) {
        if (text == name_of(rule)) return rule;
    }
    return std::nullopt;
}

std::optional<DayGroups> parse_day_groups(std::string_view text) {
    for (const auto groups : {DayGroups::none, DayGroups::related, DayGroups::any}) {
        if (text == name_of(groups)) return groups;
    }
    return std::nullopt;
}

std::optional<CamtDay> parse_camt_day(std::string_view text) {
    if (text == "booking") return CamtDay::booking;
    if (text == "value") return CamtDay::value;
    return std::nullopt;
}

void read_days(Fields& fields, std::string_view name, std::uint32_t& days) {
    days = fields.small(name).value_or(days);
    if (days > kRuleDaysMax) {
        fields.wrong(name, "is more than " + std::to_string(kRuleDaysMax) + " days");
    }
}

void read_character(Fields& fields, std::string_view name, char& character) {
    if (!fields.has(name)) return;
    const auto text = fields.text(name);
    const bool is_one = text.size() == 1 && text != "\"" && text != "\n" && text != "\r";
    if (!is_one) return fields.wrong(name, "is not one character");
    character = text.front();
}

void read_columns(Fields& fields, CsvMap& map) {
    const bool has_sides = fields.has("credit") || fields.has("debit");
    if (has_sides) {
        if (fields.has("amount")) fields.wrong("amount", "is not beside credit and debit");
        fields.require("credit");
        fields.require("debit");
    } else {
        fields.require("amount");
    }
    fields.require("date");
    map.date = fields.text("date");
    map.amount = fields.text("amount");
    map.credit = fields.text("credit");
    map.debit = fields.text("debit");
    map.balance = fields.text("balance");
    map.currency = fields.text("currency");
    map.reference = fields.text("reference");
    map.description = fields.text("description");
    map.counterpart = fields.text("counterpart");
    fields.object("direction", [&](Fields& direction) {
        for (const auto* name : {"column", "increases", "decreases"})
            direction.require(name);
        map.direction = direction.text("column");
        map.increases = direction.text("increases");
        map.decreases = direction.text("decreases");
        if (map.increases == map.decreases) direction.wrong("decreases", "is as increases");
    });
    if (has_sides && fields.has("direction")) {
        fields.wrong("direction", "is not beside credit and debit");
    }
}

void read_csv(Fields& fields, CsvMap& map) {
    map.is_stated = fields.has("columns");
    read_character(fields, "separator", map.separator);
    read_character(fields, "decimal", map.decimal);
    map.thousands = fields.text("thousands");
    if (map.thousands.find(map.decimal) != std::string::npos) {
        fields.wrong("thousands", "has the decimal point in it");
    }
    map.skipped_lines = fields.small("skip_lines").value_or(0);
    map.is_newest_first = fields.flag("newest_first");
    map.is_inverted = fields.flag("inverted");
    if (fields.has("date_format")) {
        auto day = DayFormat::parse(fields.text("date_format"));
        if (!day) {
            fields.wrong("date_format", "is not a form: " + day.error().detail);
        } else {
            map.day = *std::move(day);
        }
    }
    fields.object("columns", [&](Fields& columns) { read_columns(columns, map); });
}

void read_filter(Fields& fields, LineFilter& filter) {
    filter.reference_starts_with = fields.text("reference_starts_with");
    filter.description_has = fields.text("description_has");
    filter.counterpart_starts_with = fields.text("counterpart_starts_with");
    if (fields.has("increases")) filter.increases = fields.flag("increases");
}

Rule read_rule(Fields& fields, const Money& money) {
    Rule rule;
    fields.require("name");
    rule.name = fields.text("name");
    read_days(fields, "days", rule.days);
    if (fields.has("amount_within")) {
        const auto within = parse_money(fields.text("amount_within"), money);
        if (!within) fields.wrong("amount_within", "is wrong: " + within.error().detail);
        if (within && *within < SignedAmount{}) fields.wrong("amount_within", "is negative");
        if (within) rule.amount_within = Amount{static_cast<Uint128>(within->minor_units())};
    }
    rule.reference = fields.named("reference", parse_reference_rule, rule.reference);
    fields.object("ledger", [&](Fields& filter) { read_filter(filter, rule.ledger); });
    fields.object("statement", [&](Fields& filter) { read_filter(filter, rule.statement); });
    if (fields.has("many")) rule.many = fields.named("many", parse_party, Party::ledger);
    if (fields.has("lines_max")) {
        if (!rule.many) fields.wrong("lines_max", "goes with many alone");
        rule.lines_max = fields.small("lines_max").value_or(rule.lines_max);
        if (rule.lines_max < 2 || rule.lines_max > kGroupLinesMax) {
            fields.wrong("lines_max", "is not 2 to " + std::to_string(kGroupLinesMax));
        }
    }
    if (rule.many && !rule.amount_within.is_zero()) {
        fields.wrong("amount_within", "does not go with many: groups are exact");
    }
    return rule;
}

}  // namespace

std::string_view name_of(ReferenceRule rule) {
    switch (rule) {
        case ReferenceRule::compatible:
            return "compatible";
        case ReferenceRule::equal:
            return "equal";
        case ReferenceRule::ignored:
            return "ignored";
        case ReferenceRule::in_description:
            return "in_description";
    }
    return "unknown";
}

std::string_view name_of(DayGroups groups) {
    switch (groups) {
        case DayGroups::none:
            return "none";
        case DayGroups::related:
            return "related";
        case DayGroups::any:
            return "any";
    }
    return "unknown";
}

std::string_view name_of(Party party) {
    return party == Party::ledger ? "ledger" : "statement";
}

bool LineFilter::takes(const Line& line) const {
    return line.reference.starts_with(reference_starts_with) &&
           line.description.find(description_has) != std::string::npos &&
           line.counterpart.starts_with(counterpart_starts_with) &&
           (!increases || *increases == (line.amount > SignedAmount{}));
}

Result<Rules> parse_rules(std::string_view text, const Money& money) {
    const auto value = json::parse(text);
    if (!value) return std::unexpected{value.error()};
    if (value->kind != json::Value::Kind::object) {
        return fail(ErrorCode::bad_input, "the rules are not a JSON object");
    }
    Rules rules;
    json::Reading reading;
    Fields fields{*value, reading};
    fields.require("format");
    if (fields.text("format") != kFormat) {
        fields.wrong("format", "is not '" + std::string{kFormat} + "'");
    }
    read_days(fields, "timing_days", rules.timing_days);
    read_days(fields, "date_days", rules.date_days);
    rules.group_same_day = fields.named("group_same_day", parse_day_groups, rules.group_same_day);
    fields.object("csv", [&](Fields& csv) { read_csv(csv, rules.csv); });
    fields.object("camt053", [&](Fields& camt) {
        rules.camt053.day = camt.named("day", parse_camt_day, rules.camt053.day);
    });
    std::set<std::string> names;
    fields.each("rules", json::kItemsMax, [&](Fields& one) {
        rules.rules.push_back(read_rule(one, money));
        if (!names.insert(rules.rules.back().name).second) one.wrong("name", "is there twice");
    });
    fields.finish();
    if (!reading.problems.empty()) return std::unexpected{as_error(reading.problems.front())};
    rules.hash = sha256_of(text);
    return rules;
}

std::string sha256_of(std::string_view bytes) {
    std::array<std::uint8_t, 32> digest{};
    const int done =
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    CHECK_INVARIANT(done == 1, "OpenSSL has SHA-256");
    return to_hex(digest);
}

}  // namespace daybook::reconcile
