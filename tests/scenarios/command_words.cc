#include "tests/scenarios/command_words.h"

#include <algorithm>
#include <utility>

namespace daybook::scenarios {

std::optional<Id128> key_from(std::string_view text) {
    Id128 key;
    if (text == "none") return key;
    if (text.empty() || text.size() > key.bytes.size()) return std::nullopt;
    std::ranges::copy(text, key.bytes.begin());
    return key;
}

Stamp seconds_in(std::uint64_t seconds) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    return Stamp{kScenarioStart.nanoseconds() + static_cast<std::int64_t>(seconds) * kSecond};
}

StatedCommand CommandWords::read(const std::string& verb, const Id128& key_of_line) {
    if (verb == "asset" || verb == "account") {
        auto command = verb == "asset" ? Command{read_asset()} : Command{read_account()};
        std::visit(
            [&](auto& stated) {
                if constexpr (requires { stated.require; }) {
                    stated.key = words_.take("key") ? read_key() : key_of_line;
                    read_rest(nullptr, stated.require);
                }
            },
            command);
        return {std::move(command), {}, {}};
    }
    const Id128 key = read_key();
    if (verb == "void") return {VoidKey{key}, {}, {}};
    StatedCommand stated;
    if (verb == "transfer") {
        stated = read_transfer();
    } else if (verb == "atomic") {
        stated.command = read_atomic();
    } else {
        std::visit([&](auto&& member) { stated.command = std::forward<decltype(member)>(member); },
                   read_member(verb));
    }
    std::visit(
        [&](auto& command) {
            if constexpr (requires { command.key; }) command.key = key;
        },
        stated.command);
    return stated;
}

Member CommandWords::read_member(const std::string& verb) {
    Member member;
    if (verb == "asset") {
        member = read_asset();
    } else if (verb == "account") {
        member = read_account();
    } else if (verb == "entry") {
        member = read_entry();
    } else if (verb == "hold") {
        member = read_hold();
    } else if (verb == "capture") {
        member = read_capture();
    } else if (verb == "release") {
        member = ReleaseHold{{}, read_entry_id()};
    } else if (verb == "reverse") {
        member = read_reversal();
    } else if (verb == "state") {
        member = read_state();
    } else if (verb == "limits") {
        member = read_set_limits();
    } else {
        words_.fail("no command is called '" + verb + "'");
    }
    std::visit(
        [&](auto& stated) {
            if constexpr (requires { stated.particulars; }) {
                read_rest(&stated.particulars, stated.require);
            } else {
                read_rest(nullptr, stated.require);
            }
        },
        member);
    return member;
}

Atomic CommandWords::read_atomic() {
    Atomic atomic;
    read_rest(nullptr, atomic.require);
    while (words_.take(";") && !words_.has_failed()) {
        atomic.members.push_back(read_member(words_.word("a command")));
    }
    return atomic;
}

Id128 CommandWords::read_key() {
    const auto text = words_.word("a key");
    const auto key = key_from(text);
    if (!key) words_.fail("a key has 1 to 16 bytes");
    return key.value_or(Id128{});
}

AccountRef CommandWords::read_account_ref() {
    auto text = words_.word("an account");
    if (!text.starts_with('#')) return {{}, std::move(text)};
    Words digits{{text.substr(1)}};
    const AccountNumber number{digits.number("an account number")};
    if (digits.has_failed()) words_.fail(digits.error());
    return {number, {}};
}

EntryId CommandWords::read_entry_id() {
    auto text = words_.word("an entry or hold");
    if (text.starts_with('@')) {
        const auto point = text.find('.');
        const auto key = key_from(text.substr(1, point == std::string::npos ? point : point - 1));
        const auto seq = key ? find_seq_(*key) : std::nullopt;
        if (!seq) words_.fail("no earlier line states " + text);
        const auto member = point == std::string::npos ? std::string{} : text.substr(point);
        text = std::to_string(seq.value_or(Seq{1}).value()) + member;
    }
    const auto id = parse_entry_id(text);
    if (!id) words_.fail("'" + text + "' names no entry or hold");
    return id.value_or(EntryId{});
}

void CommandWords::read_limits(Limits& limits) {
    for (;;) {
        if (words_.take("min")) {
            limits.min = words_.signed_amount("a minimum");
        } else if (words_.take("max")) {
            limits.max = words_.signed_amount("a maximum");
        } else {
            return;
        }
    }
}

DefineAsset CommandWords::read_asset() {
    DefineAsset asset{{}, words_.word("a code"), 0};
    asset.scale = static_cast<unsigned>(words_.number("a scale"));
    return asset;
}

OpenAccount CommandWords::read_account() {
    OpenAccount account{{}, words_.word("a code"), {}, {}, {}};
    account.asset = words_.word("an asset");
    account.type = parse_account_type(words_.word("a type")).value_or(AccountType{0});
    read_limits(account.limits);
    return account;
}

bool CommandWords::take_balancing(Balancing& balancing) {
    if (!words_.take("balancing")) return false;
    const auto parsed = parse_balancing(words_.word("debit, credit or both"));
    if (!parsed) words_.fail("a side is debit, credit or both");
    balancing = parsed.value_or(Balancing::none);
    return true;
}

StatedCommand CommandWords::read_transfer() {
    Transfer transfer;
    if (!words_.take("debit")) words_.fail("expected 'debit ACCOUNT'");
    const auto debit = read_account_ref();
    if (!words_.take("credit")) words_.fail("expected 'credit ACCOUNT'");
    const auto credit = read_account_ref();
    transfer.debit = debit.number;
    transfer.credit = credit.number;
    transfer.amount = words_.amount("an amount");
    while (take_balancing(transfer.balancing) || take_label(transfer.tag, transfer.effective_at)) {
    }
    return {transfer, debit.code, credit.code};
}

PostEntry CommandWords::read_entry() {
    PostEntry entry;
    while (!words_.has_failed()) {
        const bool is_debit = words_.take("debit");
        if (!is_debit && !words_.take("credit")) break;
        auto account = read_account_ref();
        entry.postings.push_back({std::move(account), is_debit ? Side::debit : Side::credit,
                                  words_.amount("an amount")});
    }
    take_balancing(entry.balancing);
    if (words_.take("rate")) {
        entry.rate.emplace();
        entry.rate->numerator = words_.number("a numerator");
        entry.rate->denominator = words_.number("a denominator");
        entry.rate->rounding = parse_rounding(words_.word("a rounding")).value_or(Rounding{0});
        if (words_.take("residue")) entry.rate->residue = read_account_ref();
    }
    return entry;
}

PlaceHold CommandWords::read_hold() {
    PlaceHold hold;
    if (!words_.take("debit")) words_.fail("expected 'debit ACCOUNT'");
    hold.debit = read_account_ref();
    if (!words_.take("credit")) words_.fail("expected 'credit ACCOUNT'");
    hold.credit = read_account_ref();
    hold.amount = words_.amount("an amount");
    if (words_.take("expires")) {
        hold.expires_at = seconds_in(words_.number("seconds"));
    }
    return hold;
}

CaptureHold CommandWords::read_capture() {
    CaptureHold capture;
    capture.hold = read_entry_id();
    if (words_.take("amount")) capture.amount = words_.amount("an amount");
    capture.is_final = words_.take("final");
    return capture;
}

ReverseEntry CommandWords::read_reversal() {
    ReverseEntry reversal;
    reversal.entry = read_entry_id();
    while (!words_.has_failed() && words_.take("amount")) {
        reversal.amounts.push_back(words_.amount("an amount"));
    }
    return reversal;
}

SetAccountState CommandWords::read_state() {
    SetAccountState state;
    state.account = read_account_ref();
    state.state = parse_account_state(words_.word("a state")).value_or(AccountState{0});
    return state;
}

SetLimits CommandWords::read_set_limits() {
    SetLimits limits;
    limits.account = read_account_ref();
    read_limits(limits.limits);
    return limits;
}

bool CommandWords::take_label(Id128& tag, Stamp& effective_at) {
    if (words_.take("tag")) {
        const auto parsed = parse_id128(words_.word("a tag"));
        if (!parsed) words_.fail("a tag is 32 hexadecimal digits");
        tag = parsed.value_or(Id128{});
        return true;
    }
    if (!words_.take("at")) return false;
    effective_at = Stamp{static_cast<std::int64_t>(words_.number("nanoseconds"))};
    return true;
}

void CommandWords::read_rest(Particulars* particulars, Preconditions& require) {
    while (!words_.has_failed()) {
        if (words_.take("require")) {
            Precondition condition;
            condition.account = read_account_ref();
            condition.measure = parse_measure(words_.word("a measure")).value_or(Measure{0});
            condition.comparison =
                parse_comparison(words_.word("a comparison")).value_or(Comparison{0});
            condition.value = words_.signed_amount("a value");
            require.push_back(std::move(condition));
        } else if (particulars == nullptr) {
            return;
        } else if (words_.take("reference")) {
            particulars->reference = words_.word("a text");
        } else if (words_.take("unique")) {
            particulars->is_reference_unique = true;
        } else if (words_.take("description")) {
            particulars->description = words_.word("a text");
        } else if (!take_label(particulars->tag, particulars->effective_at)) {
            return;
        }
    }
}

}  // namespace daybook::scenarios
