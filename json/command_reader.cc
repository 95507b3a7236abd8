#include "json/command_reader.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "gateway/key.h"
#include "json/fields.h"
#include "json/read_line.h"
#include "json/required.h"
#include "ledger/form.h"
#include "ledger/outcome.h"

namespace daybook::json {

namespace {

// Exactly one of the two must be there, unless it `may_lack`.
AccountRef read_account(Fields& fields, std::string_view by_code = "account",
                        std::string_view by_number = "account_number", bool may_lack = false) {
    if (fields.dialect() == Dialect::http) {
        if (!may_lack) fields.require(by_code);
        return {{}, fields.text(by_code)};
    }
    const bool has_code = fields.has(by_code);
    const bool has_number = fields.has(by_number);
    if (has_code && has_number) {
        fields.wrong(by_number, "is there beside '" + std::string{by_code} + "'; state one");
    }
    if (!has_number && !may_lack) fields.require(by_code);
    const AccountNumber number{fields.big(by_number)};
    if (has_number && number.is_none()) fields.wrong(by_number, "is no account's number");
    return {number, fields.text(by_code)};
}

AccountNumber read_number(Fields& fields, std::string_view name) {
    fields.require(name);
    return AccountNumber{fields.big(name)};
}

Balancing read_balancing(Fields& fields) {
    return fields.named("balancing", &parse_balancing, Balancing::none);
}

Limits read_limits(Fields& fields) {
    return {fields.signed_amount("min"), fields.signed_amount("max")};
}

std::optional<Side> parse_side(std::string_view text) {
    for (const Side side : {Side::debit, Side::credit}) {
        if (text == name_of(side)) return side;
    }
    return std::nullopt;
}

Particulars read_particulars(Fields& fields) {
    return {fields.text("reference"), fields.flag("unique_reference"), fields.text("description"),
            fields.tag("tag"), fields.stamp("effective_at_ns", "effective_at")};
}

Preconditions read_require(Fields& fields) {
    Preconditions require;
    fields.each("require", kPreconditionsMax, [&](Fields& condition) {
        condition.require("value");
        require.push_back({read_account(condition),
                           read_named(condition, "measure", &parse_measure),
                           read_named(condition, "is", &parse_comparison),
                           condition.signed_amount("value").value_or(SignedAmount{})});
    });
    return require;
}

void read_own(Fields& fields, Transfer& transfer) {
    transfer.debit = read_number(fields, "debit_account_number");
    transfer.credit = read_number(fields, "credit_account_number");
    transfer.amount = read_amount(fields, "amount");
    transfer.balancing = read_balancing(fields);
    transfer.tag = fields.tag("tag");
    transfer.effective_at = fields.stamp("effective_at_ns", "effective_at");
}

void read_own(Fields& fields, DefineAsset& asset) {
    asset.code = read_text(fields, "code");
    fields.require("scale");
    asset.scale = fields.small("scale").value_or(0);
}

void read_own(Fields& fields, OpenAccount& account) {
    account.code = read_text(fields, "code");
    account.asset = read_text(fields, "asset");
    account.type = read_named(fields, "type", &parse_account_type);
    account.limits = read_limits(fields);
}

void read_own(Fields& fields, PostEntry& entry) {
    const bool is_short = fields.dialect() == Dialect::http && !fields.has("postings") &&
                          (fields.has("debit") || fields.has("credit") || fields.has("amount"));
    if (is_short) {
        const Amount amount = read_amount(fields, "amount");
        entry.postings.push_back({read_account(fields, "debit"), Side::debit, amount});
        entry.postings.push_back({read_account(fields, "credit"), Side::credit, amount});
    } else {
        fields.require("postings");
        fields.each("postings", kPostingsMax, [&](Fields& posting) {
            entry.postings.push_back({read_account(posting),
                                      read_named(posting, "side", &parse_side),
                                      read_amount(posting, "amount")});
        });
    }
    entry.balancing = read_balancing(fields);
    fields.object("rate", [&](Fields& rate) {
        rate.require("numerator");
        rate.require("denominator");
        entry.rate = Rate{rate.big("numerator"), rate.big("denominator"),
                          read_named(rate, "rounding", &parse_rounding),
                          read_account(rate, "residue", "residue_number", true)};
    });
}

void read_own(Fields& /*fields*/, VoidKey& /*command*/) {}

void read_own(Fields& fields, PlaceHold& hold) {
    hold.debit = read_account(fields, "debit", "debit_number");
    hold.credit = read_account(fields, "credit", "credit_number");
    hold.amount = read_amount(fields, "amount");
    hold.expires_at = fields.stamp("expires_at_ns", "expires_at");
}

void read_own(Fields& fields, CaptureHold& capture) {
    fields.require("hold");
    capture.hold = fields.id("hold");
    capture.amount = fields.amount("amount");
    capture.is_final = fields.flag("final");
}

void read_own(Fields& fields, ReleaseHold& release) {
    fields.require("hold");
    release.hold = fields.id("hold");
}

void read_own(Fields& fields, ExpireHold& /*expiry*/) {
    fields.wrong("kind", "'expire_hold' is for the ledger alone");
}

void read_own(Fields& fields, ReverseEntry& reversal) {
    fields.require("entry");
    reversal.entry = fields.id("entry");
    reversal.amounts = fields.amounts("amounts", kPostingsMax);
}

void read_own(Fields& fields, SetAccountState& stated) {
    stated.account = read_account(fields);
    stated.state = read_named(fields, "state", &parse_account_state);
}

void read_own(Fields& fields, SetLimits& stated) {
    stated.account = read_account(fields);
    stated.limits = read_limits(fields);
}

void read_own(Fields& fields, Atomic& atomic);

Command command_of(Fields& fields, CommandKind kind);

// The same as a member; nothing for the kinds that cannot be one.
std::optional<Member> as_member(const Command& command) {
    return std::visit(
        [](const auto& stated) -> std::optional<Member> {
            using Stated = std::decay_t<decltype(stated)>;
            if constexpr (std::is_constructible_v<Member, Stated>) return Member{stated};
            return std::nullopt;
        },
        command);
}

void read_own(Fields& fields, Atomic& atomic) {
    fields.require("commands");
    fields.each("commands", kMembersMax, [&](Fields& stated) {
        const auto kind = read_named(stated, "kind", &parse_command_kind);
        const bool nests = kind == CommandKind::atomic || kind == CommandKind::transfer;
        auto member = nests ? std::nullopt : as_member(command_of(stated, kind));
        if (!member) stated.wrong("kind", "cannot be in an atomic");
        if (member) atomic.members.push_back(*std::move(member));
    });
}

template <typename Stated>
Command read_stated(Fields& fields) {
    Stated stated{};
    read_own(fields, stated);
    if constexpr (requires { stated.particulars; }) stated.particulars = read_particulars(fields);
    if constexpr (requires { stated.require; }) stated.require = read_require(fields);
    return stated;
}

Command command_of(Fields& fields, CommandKind kind) {
    switch (kind) {
        case CommandKind::transfer:
            return read_stated<Transfer>(fields);
        case CommandKind::define_asset:
            return read_stated<DefineAsset>(fields);
        case CommandKind::open_account:
            return read_stated<OpenAccount>(fields);
        case CommandKind::post_entry:
            return read_stated<PostEntry>(fields);
        case CommandKind::void_key:
            break;
        case CommandKind::place_hold:
            return read_stated<PlaceHold>(fields);
        case CommandKind::capture_hold:
            return read_stated<CaptureHold>(fields);
        case CommandKind::release_hold:
            return read_stated<ReleaseHold>(fields);
        case CommandKind::expire_hold:
            return read_stated<ExpireHold>(fields);
        case CommandKind::reverse_entry:
            return read_stated<ReverseEntry>(fields);
        case CommandKind::set_account_state:
            return read_stated<SetAccountState>(fields);
        case CommandKind::set_limits:
            return read_stated<SetLimits>(fields);
        case CommandKind::atomic:
            return read_stated<Atomic>(fields);
    }
    return read_stated<VoidKey>(fields);  // also for what is none of the kinds, which is wrong
}

Id128 read_key(Fields& fields) {
    const auto text = read_text(fields, "key");
    const auto key = gateway::key_from_text(text);
    if (!key) fields.wrong("key", "is not 1 to 128 visible ASCII characters, not all zeros");
    return key.value_or(Id128{});
}

Command command_in(Fields& fields) {
    const Id128 key = read_key(fields);
    const auto kind = read_named(fields, "kind", &parse_command_kind);
    Command command;
    if (fields.has("command")) {
        for (const auto* const name :
             {"seq", "block", "producer", "outcome", "code", "subject", "remarks", "touches"})
            fields.ignore(name);
        fields.object("command", [&](Fields& stated) { command = command_of(stated, kind); });
    } else {
        command = command_of(fields, kind);
    }
    std::visit(
        [&](auto& stated) {
            if constexpr (requires { stated.key; }) stated.key = key;
        },
        command);
    return command;
}

}  // namespace

Command read_command(Fields& fields, CommandKind kind) {
    return command_of(fields, kind);
}

Result<Command> read_command(std::string_view line) {
    auto command =
        read_line(line, [](const Value& /*line*/, Fields& fields) { return command_in(fields); });
    if (!command) return command;
    const auto malformation = check_form(*command);
    if (malformation != Malformation::none) {
        return fail(ErrorCode::bad_input, std::string{name_of(malformation)} + ": " +
                                              std::string{remedy_of_code(code_of(malformation))});
    }
    return command;
}

}  // namespace daybook::json
