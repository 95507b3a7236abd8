#include "http/render.h"

#include <algorithm>
#include <utility>

namespace daybook::http {

namespace {

void write_limit(json::Line& line, std::string_view name,
                 const std::optional<SignedAmount>& limit) {
    if (limit) {
        line.amount(name, *limit);
    } else {
        line.json(name, "null");
    }
}

bool is_about(const Remark& remark, std::uint16_t member) {
    return remark.member == member;
}

// What a command, or a member of one, made beyond the accounts.
void write_made(json::Line& line, const schema::Receipt& receipt, std::uint16_t member) {
    for (const auto& remark : receipt.remarks) {
        if (!is_about(remark, member)) continue;
        if (remark.kind == RemarkKind::taken) line.amount("amount", remark.amount_x());
        if (remark.kind == RemarkKind::hold) {
            line.begin_object("hold");
            write_hold(line, remark);
            line.end_object();
        }
    }
}

void write_members(json::Line& line, const Atomic& atomic, const schema::Receipt& receipt) {
    line.begin_array("members");
    for (std::size_t i = 0; i < atomic.members.size(); ++i) {
        const auto member = static_cast<std::uint16_t>(i);
        line.begin_object()
            .text("id", to_string(EntryId{receipt.seq, member}))
            .text("kind", name_of(kind_of(atomic.members[i])));
        write_made(line, receipt, member);
        line.end_object();
    }
    line.end_array();
}

}  // namespace

void write_moment_or_null(json::Line& line, std::string_view name, Stamp stamp) {
    if (stamp.is_none()) {
        line.json(name, "null");
    } else {
        line.text(name, to_string(stamp));
    }
}

void write_hold(json::Line& line, const Remark& remark) {
    line.text("id", to_string(remark.id()))
        .text("state", name_of(remark.hold_state()))
        .amount("remaining", remark.amount_x())
        .amount("captured", remark.amount_y());
    write_moment_or_null(line, "expires_at", remark.at);
}

void write_totals(json::Line& line, AccountType type, const Totals& totals) {
    const bool grows_by_credits = normal_side(type) == Side::credit;
    line.amount("balance", posted_balance(type, totals))
        .amount("available", available_balance(type, totals))
        .amount("debits", totals.posted_debits)
        .amount("credits", totals.posted_credits)
        .amount("held_in", grows_by_credits ? totals.held_credits : totals.held_debits)
        .amount("held_out", grows_by_credits ? totals.held_debits : totals.held_credits);
}

void write_balance(json::Line& line, const Name& name, AccountNumber number, const Totals& totals,
                   std::uint64_t version, Seq as_of) {
    line.text("account", name.code)
        .big("account_number", number.value())
        .text("asset", name.asset)
        .small("scale", name.scale)
        .text("type", name_of(name.type));
    write_totals(line, name.type, totals);
    line.big("version", version).big("as_of_seq", as_of);
}

void write_account(json::Line& line, const schema::AccountDetails& account, Seq as_of) {
    const auto& balance = account.balance;
    line.begin_object();
    write_balance(line, {account.code, balance.asset_code, balance.scale, balance.type},
                  balance.number, balance.totals, balance.version, as_of);
    line.text("state", name_of(balance.state));
    write_limit(line, "min", account.limits.min);
    write_limit(line, "max", account.limits.max);
    line.big("opened_seq", balance.opened).end_object();
}

std::string account_body(const schema::AccountDetails& account, Seq as_of) {
    json::Line line;
    write_account(line, account, as_of);
    return line.str();
}

void write_touched(json::Line& line, const std::vector<Touch>& touches, const KnownNames& names,
                   Seq as_of) {
    line.begin_array("accounts");
    std::vector<AccountNumber> done;
    for (const auto& first : touches) {
        if (std::ranges::find(done, first.account) != done.end()) continue;
        done.push_back(first.account);
        const auto last =
            std::ranges::find(touches.rbegin(), touches.rend(), first.account, &Touch::account);
        line.begin_object();
        write_balance(line, names.at(first.account), first.account, last->after, last->version,
                      as_of);
        line.end_object();
    }
    line.end_array();
}

void write_standing(json::Line& line, const schema::Standing& standing) {
    line.big("head_seq", standing.head)
        .big("applied_seq", standing.watermark)
        .big("lag_records", standing.lag_records())
        .measured("lag_ms", static_cast<double>(standing.lag_ns()) / 1e6);
}

std::vector<AccountNumber> accounts_in(const schema::Receipt& receipt) {
    std::vector<AccountNumber> numbers;
    for (const auto& touch : receipt.touches)
        numbers.push_back(touch.account);
    for (const auto& remark : receipt.remarks) {
        if (remark.kind == RemarkKind::shortfall || remark.kind == RemarkKind::unmet) {
            numbers.push_back(remark.account());
        }
    }
    return numbers;
}

std::string written_body(const Command& command, const schema::Receipt& receipt,
                         const KnownNames& names) {
    json::Line line;
    line.begin_object();
    if (receipt.is_dry_run) {
        line.boolean("dry_run", true).big("as_of_seq", receipt.seq);
    } else {
        line.text("id", to_string(EntryId{receipt.seq, 0}))
            .big("seq", receipt.seq)
            .text("recorded_at", to_string(receipt.stamp));
    }
    line.text("kind", name_of(kind_of(command))).text("outcome", "accepted");
    write_made(line, receipt, Remark::kNoMember);
    if (const auto* atomic = std::get_if<Atomic>(&command)) write_members(line, *atomic, receipt);
    write_touched(line, receipt.touches, names, receipt.seq);
    return line.end_object().str();
}

std::vector<std::string> codes_in(const Command& command) {
    std::vector<std::string> codes;
    const auto add = [&](const AccountRef& account) {
        if (!account.code.empty()) codes.push_back(account.code);
    };
    const auto add_all = [&](const auto& stated) {
        if constexpr (requires { stated.postings; }) {
            for (const auto& posting : stated.postings)
                add(posting.account);
        }
        if constexpr (requires { stated.rate; }) {
            if (stated.rate) add(stated.rate->residue);
        }
        if constexpr (requires { stated.debit.code; }) {
            add(stated.debit);
            add(stated.credit);
        }
        if constexpr (requires { stated.account; }) add(stated.account);
        if constexpr (requires { stated.type; }) codes.push_back(stated.code);
        if constexpr (requires { stated.require; }) {
            for (const auto& condition : stated.require)
                add(condition.account);
        }
    };
    std::visit(add_all, command);
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        for (const auto& member : atomic->members)
            std::visit(add_all, member);
    }
    return codes;
}

}  // namespace daybook::http
