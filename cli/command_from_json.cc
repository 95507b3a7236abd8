#include "cli/command_from_json.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "cli/json_fields.h"
#include "gateway/key.h"
#include "ledger/form.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

// Exactly one of the two must be there, unless it `may_lack`.
AccountRef read_account(JsonFields& fields, std::string_view by_code = "account",
                        std::string_view by_number = "account_number", bool may_lack = false) {
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

AccountNumber read_number(JsonFields& fields, std::string_view name) {
    fields.require(name);
    return AccountNumber{fields.big(name)};
}

Amount read_amount(JsonFields& fields, std::string_view name = "amount") {
    fields.require(name);
    return fields.amount(name).value_or(Amount{});
}

std::string read_text(JsonFields& fields, std::string_view name) {
    fields.require(name);
    return fields.text(name);
}

EntryId read_id(JsonFields& fields, std::string_view name) {
    fields.require(name);
    return fields.id(name);
}

template <typename Enum>
Enum read_named(JsonFields& fields, std::string_view name,
                std::optional<Enum> (*parse)(std::string_view)) {
    fields.require(name);
    return fields.named(name, parse, Enum{});
}

Balancing read_balancing(JsonFields& fields) {
    return fields.named("balancing", &parse_balancing, Balancing::none);
}

Limits read_limits(JsonFields& fields) {
    return {fields.signed_amount("min"), fields.signed_amount("max")};
}

std::optional<Side> parse_side(std::string_view text) {
    for (const Side side : {Side::debit, Side::credit}) {
        if (text == name_of(side)) return side;
    }
    return std::nullopt;
}

Particulars read_particulars(JsonFields& fields) {
    return {fields.text("reference"), fields.flag("unique_reference"), fields.text("description"),
            fields.tag("tag"), fields.stamp("effective_at_ns")};
}

Preconditions read_require(JsonFields& fields) {
    Preconditions require;
    fields.each("require", [&](JsonFields& condition) {
        condition.require("value");
        require.push_back({read_account(condition),
                           read_named(condition, "measure", &parse_measure),
                           read_named(condition, "is", &parse_comparison),
                           condition.signed_amount("value").value_or(SignedAmount{})});
    });
    return require;
}

void read_own(JsonFields& fields, Transfer& transfer) {
    transfer.debit = read_number(fields, "debit_account_number");
    transfer.credit = read_number(fields, "credit_account_number");
    transfer.amount = read_amount(fields);
    transfer.balancing = read_balancing(fields);
    transfer.tag = fields.tag("tag");
    transfer.effective_at = fields.stamp("effective_at_ns");
}

void read_own(JsonFields& fields, DefineAsset& asset) {
    asset.code = read_text(fields, "code");
    fields.require("scale");
    asset.scale = fields.small("scale").value_or(0);
}

void read_own(JsonFields& fields, OpenAccount& account) {
    account.code = read_text(fields, "code");
    account.asset = read_text(fields, "asset");
    account.type = read_named(fields, "type", &parse_account_type);
    account.limits = read_limits(fields);
}

void read_own(JsonFields& fields, PostEntry& entry) {
    fields.require("postings");
    fields.each("postings", [&](JsonFields& posting) {
        entry.postings.push_back({read_account(posting), read_named(posting, "side", &parse_side),
                                  read_amount(posting)});
    });
    entry.balancing = read_balancing(fields);
    fields.object("rate", [&](JsonFields& rate) {
        rate.require("numerator");
        rate.require("denominator");
        entry.rate = Rate{rate.big("numerator"), rate.big("denominator"),
                          read_named(rate, "rounding", &parse_rounding),
                          read_account(rate, "residue", "residue_number", true)};
    });
}

void read_own(JsonFields& /*fields*/, VoidKey& /*command*/) {}

void read_own(JsonFields& fields, PlaceHold& hold) {
    hold.debit = read_account(fields, "debit", "debit_number");
    hold.credit = read_account(fields, "credit", "credit_number");
    hold.amount = read_amount(fields);
    hold.expires_at = fields.stamp("expires_at_ns");
}

void read_own(JsonFields& fields, CaptureHold& capture) {
    capture.hold = read_id(fields, "hold");
    capture.amount = fields.amount("amount");
    capture.is_final = fields.flag("final");
}

void read_own(JsonFields& fields, ReleaseHold& release) {
    release.hold = read_id(fields, "hold");
}

void read_own(JsonFields& fields, ExpireHold& /*expiry*/) {
    fields.wrong("kind", "'expire_hold' is for the ledger alone");
}

void read_own(JsonFields& fields, ReverseEntry& reversal) {
    reversal.entry = read_id(fields, "entry");
    reversal.amounts = fields.amounts("amounts");
}

void read_own(JsonFields& fields, SetAccountState& stated) {
    stated.account = read_account(fields);
    stated.state = read_named(fields, "state", &parse_account_state);
}

void read_own(JsonFields& fields, SetLimits& stated) {
    stated.account = read_account(fields);
    stated.limits = read_limits(fields);
}

void read_own(JsonFields& fields, Atomic& atomic);

Command command_of(JsonFields& fields, CommandKind kind);

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

void read_own(JsonFields& fields, Atomic& atomic) {
    fields.require("commands");
    fields.each("commands", [&](JsonFields& stated) {
        const auto kind = read_named(stated, "kind", &parse_command_kind);
        const bool nests = kind == CommandKind::atomic;
        auto member = nests ? std::nullopt : as_member(command_of(stated, kind));
        if (!member) stated.wrong("kind", "cannot be in an atomic");
        if (member) atomic.members.push_back(*std::move(member));
    });
}

template <typename Stated>
Command read_stated(JsonFields& fields) {
    Stated stated{};
    read_own(fields, stated);
    if constexpr (requires { stated.particulars; }) stated.particulars = read_particulars(fields);
    if constexpr (requires { stated.require; }) stated.require = read_require(fields);
    return stated;
}

Command command_of(JsonFields& fields, CommandKind kind) {
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

Id128 read_key(JsonFields& fields) {
    const auto text = read_text(fields, "key");
    const auto key = gateway::key_from_text(text);
    if (!key) fields.wrong("key", "is not 1 to 128 visible ASCII characters, not all zeros");
    return key.value_or(Id128{});
}

Command read_line(JsonFields& fields) {
    const Id128 key = read_key(fields);
    const auto kind = read_named(fields, "kind", &parse_command_kind);
    Command command;
    if (fields.has("command")) {
        for (const auto* const name :
             {"seq", "block", "producer", "outcome", "code", "subject", "remarks", "touches"})
            fields.ignore(name);
        fields.object("command", [&](JsonFields& stated) { command = command_of(stated, kind); });
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

Result<Command> command_from_json(std::string_view line) {
    const auto value = parse_json(line);
    if (!value) return std::unexpected{value.error()};
    if (value->kind != JsonValue::Kind::object) {
        return fail(ErrorCode::bad_input,
                    "the line is " + std::string{name_of(value->kind)} + ", not an object");
    }
    std::optional<Error> problem;
    JsonFields fields{*value, {}, problem};
    auto command = read_line(fields);
    fields.finish();
    if (problem) return std::unexpected{*problem};
    const auto malformation = check_form(command);
    if (malformation != Malformation::none) {
        return fail(ErrorCode::bad_input, std::string{name_of(malformation)} + ": " +
                                              std::string{remedy_of_code(code_of(malformation))});
    }
    return command;
}

}  // namespace daybook::cli
