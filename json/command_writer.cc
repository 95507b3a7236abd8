#include "json/command_writer.h"

#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "json/remark_kind.h"

namespace daybook::json {

namespace {

void write_stamp(Line& line, std::string_view name, Stamp stamp) {
    if (!stamp.is_none()) line.signed_big(name, stamp.nanoseconds());
}

void write_tag(Line& line, const Id128& tag) {
    if (!tag.is_none()) line.text("tag", to_hex(tag.bytes));
}

void write_text(Line& line, std::string_view name, const std::string& text) {
    if (!text.empty()) line.text(name, text);
}

// `by_code` or `by_number`: a code stays a code and a number a number.
void write_account(Line& line, const AccountRef& account, std::string_view by_code = "account",
                   std::string_view by_number = "account_number") {
    if (account.number.is_none()) {
        line.text(by_code, account.code);
    } else {
        line.big(by_number, account.number.value());
    }
}

void write_limits(Line& line, const Limits& limits) {
    if (limits.min) line.amount("min", *limits.min);
    if (limits.max) line.amount("max", *limits.max);
}

void write_balancing(Line& line, Balancing balancing) {
    if (balancing != Balancing::none) line.text("balancing", name_of(balancing));
}

void write_rate(Line& line, const Rate& rate) {
    line.begin_object("rate")
        .big("numerator", rate.numerator)
        .big("denominator", rate.denominator)
        .text("rounding", name_of(rate.rounding));
    if (!rate.residue.is_none()) write_account(line, rate.residue, "residue", "residue_number");
    line.end_object();
}

void write_particulars(Line& line, const Particulars& particulars) {
    write_text(line, "reference", particulars.reference);
    if (particulars.is_reference_unique) line.boolean("unique_reference", true);
    write_text(line, "description", particulars.description);
    write_tag(line, particulars.tag);
    write_stamp(line, "effective_at_ns", particulars.effective_at);
}

void write_require(Line& line, const Preconditions& require) {
    if (require.empty()) return;
    line.begin_array("require");
    for (const auto& condition : require) {
        line.begin_object();
        write_account(line, condition.account);
        line.text("measure", name_of(condition.measure))
            .text("is", name_of(condition.comparison))
            .amount("value", condition.value)
            .end_object();
    }
    line.end_array();
}

// The fields of its own; what it left out stays out.
struct WriteOwn {
    Line& line;

    void operator()(const Transfer& transfer) const {
        line.big("debit_account_number", transfer.debit.value())
            .big("credit_account_number", transfer.credit.value())
            .amount("amount", transfer.amount);
        write_balancing(line, transfer.balancing);
        write_tag(line, transfer.tag);
        write_stamp(line, "effective_at_ns", transfer.effective_at);
    }

    void operator()(const DefineAsset& asset) const {
        line.text("code", asset.code).small("scale", asset.scale);
    }

    void operator()(const OpenAccount& account) const {
        line.text("code", account.code)
            .text("asset", account.asset)
            .text("type", name_of(account.type));
        write_limits(line, account.limits);
    }

    void operator()(const PostEntry& entry) const {
        line.begin_array("postings");
        for (const auto& posting : entry.postings) {
            line.begin_object();
            write_account(line, posting.account);
            line.text("side", name_of(posting.side)).amount("amount", posting.amount).end_object();
        }
        line.end_array();
        write_balancing(line, entry.balancing);
        if (entry.rate) write_rate(line, *entry.rate);
    }

    void operator()(const VoidKey& /*command*/) const {}

    void operator()(const PlaceHold& hold) const {
        write_account(line, hold.debit, "debit", "debit_number");
        write_account(line, hold.credit, "credit", "credit_number");
        line.amount("amount", hold.amount);
        write_stamp(line, "expires_at_ns", hold.expires_at);
    }

    void operator()(const CaptureHold& capture) const {
        line.text("hold", to_string(capture.hold));
        if (capture.amount) line.amount("amount", *capture.amount);
        if (capture.is_final) line.boolean("final", true);
    }

    void operator()(const ReleaseHold& release) const {
        line.text("hold", to_string(release.hold));
    }
    void operator()(const ExpireHold& expiry) const { line.text("hold", to_string(expiry.hold)); }

    void operator()(const ReverseEntry& reversal) const {
        line.text("entry", to_string(reversal.entry));
        if (reversal.amounts.empty()) return;
        line.begin_array("amounts");
        for (const Amount amount : reversal.amounts)
            line.amount({}, amount);
        line.end_array();
    }

    void operator()(const SetAccountState& stated) const {
        write_account(line, stated.account);
        line.text("state", name_of(stated.state));
    }

    void operator()(const SetLimits& stated) const {
        write_account(line, stated.account);
        write_limits(line, stated.limits);
    }

    void operator()(const Atomic& atomic) const;
};

template <typename Stated>
void write_stated(Line& line, const Stated& stated) {
    WriteOwn{line}(stated);
    if constexpr (requires { stated.particulars; }) write_particulars(line, stated.particulars);
    if constexpr (requires { stated.require; }) write_require(line, stated.require);
}

void WriteOwn::operator()(const Atomic& atomic) const {
    line.begin_array("commands");
    for (const auto& member : atomic.members) {
        line.begin_object().text("kind", name_of(kind_of(member)));
        std::visit([&](const auto& stated) { write_stated(line, stated); }, member);
        line.end_object();
    }
    line.end_array();
}

void write_remark_fields(Line& line, const Remark& remark) {
    switch (remark.kind) {
        case RemarkKind::shortfall:
            line.big("account_number", remark.subject)
                .small("posting", remark.index)
                .amount("balance", remark.x)
                .amount("bound", remark.y);
            return;
        case RemarkKind::unmet:
            line.big("account_number", remark.subject)
                .small("condition", remark.index)
                .amount("value", remark.x)
                .amount("demanded", remark.y);
            return;
        case RemarkKind::excess:
            line.text("id", to_string(remark.id()))
                .small("posting", remark.index)
                .amount("left", remark.amount_x())
                .amount("asked", remark.amount_y());
            return;
        case RemarkKind::rate:
            line.amount("expected", remark.amount_x()).amount("stated", remark.amount_y());
            return;
        case RemarkKind::failed:
            return;
        case RemarkKind::number:
            line.big("number", remark.subject);
            return;
        case RemarkKind::taken:
            line.amount("amount", remark.amount_x());
            return;
        case RemarkKind::hold:
            line.text("id", to_string(remark.id()))
                .small("touch", remark.index)
                .text("state", name_of(remark.hold_state()))
                .amount("remaining", remark.amount_x())
                .amount("captured", remark.amount_y());
            write_stamp(line, "expires_at_ns", remark.at);
            return;
        case RemarkKind::reversed:
            line.text("id", to_string(remark.id()))
                .small("touch", remark.index)
                .small("posting", remark.count)
                .amount("amount", remark.amount_x())
                .amount("total", remark.amount_y());
            return;
        case RemarkKind::state:
            line.big("account_number", remark.subject)
                .text("state", name_of(remark.account_state()));
            return;
        case RemarkKind::limits:
            line.big("account_number", remark.subject);
            write_limits(line, remark.limits());
            return;
    }
}

}  // namespace

void write_fields(Line& line, const Command& command) {
    std::visit([&](const auto& stated) { write_stated(line, stated); }, command);
}

void write_remark(Line& line, const Remark& remark) {
    line.begin_object().text("kind", name_of(remark.kind));
    if (remark.has_member()) line.small("member", remark.member);
    write_remark_fields(line, remark);
    line.end_object();
}

}  // namespace daybook::json
