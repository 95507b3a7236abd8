#include "cli/record_difference.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "json/command_writer.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

std::string text_of(TouchPointer pointer) {
    if (pointer.is_none()) return "none";
    return std::to_string(pointer.seq().value()) + "." + std::to_string(pointer.touch());
}

// Every remark, in the form that `tail --json` prints.
std::string text_of(const std::vector<Remark>& remarks) {
    json::Line line;
    line.begin_array();
    for (const auto& remark : remarks)
        json::write_remark(line, remark);
    line.end_array();
    return line.str();
}

bool is_same_accounts(const schema::RecordView& record, const Decision& decision) {
    if (record.touch_count() != decision.touches.size()) return false;
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        if (record.touch(i).account != decision.touches[i].account) return false;
    }
    return true;
}

struct Value {
    std::string_view what;
    std::string stored;
    std::string decided;
};

using Values = std::vector<Value>;

Values touched_accounts(const Touch& stored, const Touch& decided, const Book& book) {
    return {{"account", describe(book, stored.account), describe(book, decided.account)}};
}

Values after_images(const Touch& stored, const Touch& decided) {
    const Totals& was = stored.after;
    const Totals& is = decided.after;
    return {{"posted_debits", to_string(was.posted_debits), to_string(is.posted_debits)},
            {"posted_credits", to_string(was.posted_credits), to_string(is.posted_credits)},
            {"held_debits", to_string(was.held_debits), to_string(is.held_debits)},
            {"held_credits", to_string(was.held_credits), to_string(is.held_credits)}};
}

Values histories(const Touch& stored, const Touch& decided) {
    return {{"version", std::to_string(stored.version), std::to_string(decided.version)},
            {"prev", text_of(stored.links.prev), text_of(decided.links.prev)},
            {"jump", text_of(stored.links.jump), text_of(decided.links.jump)}};
}

Values values_of(DifferenceKind kind, const Touch& stored, const Touch& decided, const Book& book) {
    if (kind == DifferenceKind::touches) return touched_accounts(stored, decided, book);
    if (kind == DifferenceKind::balances) return after_images(stored, decided);
    return histories(stored, decided);
}

RecordDifference in_touches(DifferenceKind kind, const schema::RecordView& record,
                            const Decision& decision, const Book& book) {
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        const Touch& touch = decision.touches[i];
        for (auto& value : values_of(kind, record.touch(i), touch, book)) {
            if (value.stored == value.decided) continue;
            return {kind, describe(book, touch.account), std::string{value.what},
                    std::move(value.stored), std::move(value.decided)};
        }
    }
    return {kind, {}, "its touches", {}, {}};
}

}  // namespace

std::string_view name_of(DifferenceKind kind) {
    switch (kind) {
        case DifferenceKind::outcome:
            return "outcome";
        case DifferenceKind::subject:
            return "subject";
        case DifferenceKind::remarks:
            return "remarks";
        case DifferenceKind::touches:
            return "touches";
        case DifferenceKind::balances:
            return "balances";
        case DifferenceKind::history:
            return "history";
        case DifferenceKind::form:
            return "form";
    }
    return "";
}

std::string describe(const Book& book, AccountNumber number) {
    if (book.find(number) == nullptr) return "number " + std::to_string(number.value());
    return book.terms(number).code + " (number " + std::to_string(number.value()) + ")";
}

std::string outcome_text(Rejection rejection) {
    return rejection == Rejection::none ? "accepted"
                                        : "rejected " + std::string{name_of(rejection)};
}

DifferenceKind kind_of_difference(const schema::RecordView& record, const Decision& decision) {
    if (record.rejection() != decision.rejection) return DifferenceKind::outcome;
    if (record.subject() != decision.subject) return DifferenceKind::subject;
    if (!std::ranges::equal(record.remarks(), decision.remarks)) return DifferenceKind::remarks;
    if (!is_same_accounts(record, decision)) return DifferenceKind::touches;
    auto kind = DifferenceKind::form;
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        const Touch stored = record.touch(i);
        if (stored.after != decision.touches[i].after) return DifferenceKind::balances;
        if (stored != decision.touches[i]) kind = DifferenceKind::history;
    }
    return kind;
}

RecordDifference describe_difference(const schema::RecordView& record, const Decision& decision,
                                     const Book& book) {
    const auto kind = kind_of_difference(record, decision);
    switch (kind) {
        case DifferenceKind::outcome:
            return {kind,
                    {},
                    "outcome",
                    outcome_text(record.rejection()),
                    outcome_text(decision.rejection)};
        case DifferenceKind::subject:
            return {kind,
                    {},
                    "subject",
                    std::to_string(record.subject()),
                    std::to_string(decision.subject)};
        case DifferenceKind::remarks:
            return {kind, {}, "remarks", text_of(record.remarks()), text_of(decision.remarks)};
        case DifferenceKind::touches:
            if (record.touch_count() != decision.touches.size()) {
                return {kind,
                        {},
                        "touches",
                        std::to_string(record.touch_count()),
                        std::to_string(decision.touches.size())};
            }
            return in_touches(kind, record, decision, book);
        case DifferenceKind::balances:
        case DifferenceKind::history:
            return in_touches(kind, record, decision, book);
        case DifferenceKind::form:
            break;
    }
    return {kind, {}, "its command is not in canonical form", {}, {}};
}

}  // namespace daybook::cli
