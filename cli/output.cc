#include "cli/output.h"

#include <algorithm>
#include <cstdio>
#include <functional>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/remark_text.h"
#include "gateway/key.h"
#include "json/command_writer.h"
#include "json/line.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

// `say` makes a phrase of a remark.
void print_for_people(const schema::Receipt& receipt, const Id128& key,
                      const std::function<std::string(const Remark&)>& say) {
    if (receipt.is_dry_run) fmt::print("would be ");
    fmt::print("{}", name_of(receipt.verdict));
    if (receipt.code != 0) fmt::print(" {}", name_of_code(receipt.code));
    if (receipt.verdict == Verdict::not_seen) {
        fmt::print(" up to seq {}", receipt.seq.value());
    } else if (receipt.is_dry_run) {
        fmt::print(" after seq {}", receipt.seq.value());
    } else if (receipt.seq.value() != 0) {
        fmt::print(" at seq {}", receipt.seq.value());
    }
    if (receipt.is_replay) fmt::print(" (the first receipt of a repeated key)");
    fmt::print("\n");
    for (const auto& remark : receipt.remarks) {
        const auto text = say(remark);
        if (!text.empty()) fmt::print("  {}\n", text);
    }
    if (receipt.code == code_of(Rejection::reference_exists)) {
        fmt::print("  seq {} has the reference\n", receipt.subject);
    }
    if (receipt.code != 0) fmt::print("  {}\n", remedy_of_code(receipt.code));
    fmt::print("  key {}\n", gateway::to_uuid(key));
}

}  // namespace

int report(const Error& error) {
    fmt::print(stderr, "daybook: {}\n", error.detail);
    return exit_code(error.code);
}

int exit_code_of(const schema::Receipt& receipt) {
    switch (receipt.verdict) {
        case Verdict::accepted:
            return kExitFine;
        case Verdict::malformed:
            return exit_code(ErrorCode::bad_input);
        case Verdict::refused:
            return receipt.code == code_of(Refusal::idempotency_key_reused)
                       ? kExitFinding
                       : exit_code(ErrorCode::try_again);
        case Verdict::rejected:
        case Verdict::not_seen:
            break;
    }
    return kExitFinding;
}

std::string receipt_json(const schema::Receipt& receipt, const Id128& key) {
    json::Line line;
    line.begin_object()
        .text("outcome", name_of(receipt.verdict))
        .text("key", gateway::to_uuid(key));
    if (receipt.code != 0) {
        line.text("code", name_of_code(receipt.code)).text("remedy", remedy_of_code(receipt.code));
    }
    if (receipt.seq.value() != 0) line.big("seq", receipt.seq);
    if (!receipt.stamp.is_none()) line.text("recorded_at", to_string(receipt.stamp));
    if (receipt.subject != 0) line.big("subject", receipt.subject);
    if (!receipt.remarks.empty()) {
        line.begin_array("remarks");
        for (const auto& remark : receipt.remarks)
            json::write_remark(line, remark);
        line.end_array();
    }
    if (receipt.is_dry_run) line.boolean("dry_run", true);
    line.boolean("replayed", receipt.is_replay).end_object();
    return line.str();
}

int print_receipt(const schema::Receipt& receipt, const Id128& key, bool as_json) {
    if (as_json) {
        fmt::print("{}\n", receipt_json(receipt, key));
    } else {
        print_for_people(receipt, key, [](const Remark& remark) { return describe(remark); });
    }
    return exit_code_of(receipt);
}

int print_receipt(const schema::Receipt& receipt, const Command& command, AccountNames& names,
                  bool as_json) {
    if (as_json) return print_receipt(receipt, key_of(command), true);
    print_for_people(receipt, key_of(command), [&](const Remark& remark) {
        return describe(remark, receipt, command, names);
    });
    return exit_code_of(receipt);
}

Table::Table(std::vector<std::string> head, std::vector<std::size_t> right_aligned)
    : right_aligned_{std::move(right_aligned)} {
    rows_.push_back(std::move(head));
}

void Table::add(std::vector<std::string> row) {
    rows_.push_back(std::move(row));
}

std::string Table::text() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool is_right = std::ranges::find(right_aligned_, i) != right_aligned_.end();
            line += is_right ? fmt::format("{:>{}}", row[i], widths[i])
                             : fmt::format("{:<{}}", row[i], widths[i]);
            line += "  ";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line;
        text.push_back('\n');
    }
    return text;
}

void Table::print() const {
    fmt::print("{}", text());
}

}  // namespace daybook::cli
