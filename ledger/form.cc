#include "ledger/form.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <variant>
#include <vector>

namespace daybook {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

// How many bytes the UTF-8 sequence at the front of `text` has; 0 if it is not one.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    if (lead == 0xe0 && byte(1) < 0xa0) return 0;   // overlong
    if (lead == 0xed && byte(1) >= 0xa0) return 0;  // surrogate
    if (lead == 0xf0 && byte(1) < 0x90) return 0;   // overlong
    if (lead == 0xf4 && byte(1) >= 0x90) return 0;  // past U+10FFFF
    return length;
}

bool is_control(std::string_view sequence) {
    const auto lead = static_cast<std::uint8_t>(sequence[0]);
    if (sequence.size() == 1) return lead < 0x20 || lead == 0x7f;
    return lead == 0xc2 && static_cast<std::uint8_t>(sequence[1]) < 0xa0;  // C1
}

Malformation check_text(std::string_view text, std::size_t bytes_max) {
    if (text.size() > bytes_max) return Malformation::text_too_long;
    return is_plain_text(text) ? Malformation::none : Malformation::text_charset;
}

Malformation check_account(const AccountRef& account) {
    if (account.number.is_none() == account.code.empty()) return Malformation::account_reference;
    if (account.code.empty() || is_account_code(account.code)) return Malformation::none;
    return Malformation::account_code;
}

// The first that is wrong.
Malformation first_of(std::initializer_list<Malformation> found) {
    const auto is_wrong = [](Malformation one) { return one != Malformation::none; };
    const auto* wrong = std::ranges::find_if(found, is_wrong);
    return wrong == found.end() ? Malformation::none : *wrong;
}

Malformation unless(bool is_right, Malformation wrong) {
    return is_right ? Malformation::none : wrong;
}

template <typename Item, typename Check>
Malformation check_each(const std::vector<Item>& items, const Check& check) {
    for (const auto& item : items) {
        const auto wrong = check(item);
        if (wrong != Malformation::none) return wrong;
    }
    return Malformation::none;
}

Malformation check_posting(const Posting& posting) {
    const auto wrong = check_account(posting.account);
    if (wrong != Malformation::none) return wrong;
    if (posting.side != Side::debit && posting.side != Side::credit) {
        return Malformation::side_unknown;
    }
    return unless(!posting.amount.is_zero(), Malformation::amount_zero);
}

Malformation check_particulars(const Particulars& particulars) {
    if (particulars.is_reference_unique && particulars.reference.empty()) {
        return Malformation::reference_missing;
    }
    return first_of({check_text(particulars.reference, kReferenceBytesMax),
                     check_text(particulars.description, kDescriptionBytesMax)});
}

Malformation check_condition(const Precondition& condition) {
    const bool is_known =
        condition.measure >= Measure::version && condition.measure <= Measure::available &&
        condition.comparison >= Comparison::eq && condition.comparison <= Comparison::lte;
    return is_known ? check_account(condition.account) : Malformation::precondition;
}

Malformation check_require(const Preconditions& require) {
    if (require.size() > kPreconditionsMax) return Malformation::precondition_count;
    return check_each(require, check_condition);
}

Malformation check_rate(const Rate& rate) {
    const bool is_rate = rate.numerator != 0 && rate.denominator != 0 &&
                         rate.rounding >= Rounding::down && rate.rounding <= Rounding::half_even;
    if (!is_rate) return Malformation::rate;
    return rate.residue.is_none() ? Malformation::none : check_account(rate.residue);
}

Malformation check_limits(const Limits& limits) {
    const auto& [min, max] = limits;
    return unless(!min || !max || *min <= *max, Malformation::limits_crossed);
}

// Within an atomic an id may leave out its Seq.
Malformation check_id(EntryId id, bool is_member) {
    const bool is_right = (is_member || !id.is_of_this_seq()) && id.member() < kMembersMax;
    return unless(is_right, Malformation::entry_id);
}

struct FormOf {
    bool is_member = false;

    Malformation operator()(const Transfer& transfer) const { return check_form(transfer); }
    Malformation operator()(const VoidKey&) const { return Malformation::none; }

    Malformation operator()(const DefineAsset& asset) const {
        if (!is_asset_code(asset.code)) return Malformation::asset_code;
        return unless(asset.scale <= kAssetScaleMax, Malformation::asset_scale);
    }

    Malformation operator()(const OpenAccount& account) const {
        if (!is_account_code(account.code)) return Malformation::account_code;
        if (!is_asset_code(account.asset)) return Malformation::asset_code;
        if (account.type < AccountType::asset || account.type > AccountType::expense) {
            return Malformation::account_type;
        }
        return check_limits(account.limits);
    }

    Malformation operator()(const PostEntry& entry) const {
        const std::size_t count = entry.postings.size();
        if (count < kPostingsMin || count > kPostingsMax) return Malformation::posting_count;
        if (entry.balancing > Balancing::both ||
            (entry.balancing != Balancing::none && count != 2)) {
            return Malformation::balancing_postings;
        }
        return first_of({check_each(entry.postings, check_posting),
                         entry.rate ? check_rate(*entry.rate) : Malformation::none});
    }

    Malformation operator()(const PlaceHold& hold) const {
        return first_of({check_account(hold.debit), check_account(hold.credit),
                         unless(!hold.amount.is_zero(), Malformation::amount_zero)});
    }

    Malformation operator()(const CaptureHold& capture) const {
        return first_of(
            {check_id(capture.hold, is_member),
             unless(!capture.amount || !capture.amount->is_zero(), Malformation::amount_zero)});
    }

    Malformation operator()(const ReleaseHold& release) const {
        return check_id(release.hold, is_member);
    }
    Malformation operator()(const ExpireHold& expiry) const { return check_id(expiry.hold, false); }

    Malformation operator()(const ReverseEntry& reversal) const {
        const auto& amounts = reversal.amounts;
        const bool is_right =
            amounts.empty() || (amounts.size() >= kPostingsMin && amounts.size() <= kPostingsMax &&
                                !std::ranges::all_of(amounts, &Amount::is_zero));
        return first_of({check_id(reversal.entry, is_member),
                         unless(is_right, Malformation::reversal_amounts)});
    }

    Malformation operator()(const SetAccountState& stated) const {
        const bool is_known =
            stated.state >= AccountState::open && stated.state <= AccountState::closed;
        return first_of(
            {check_account(stated.account), unless(is_known, Malformation::account_state)});
    }

    Malformation operator()(const SetLimits& stated) const {
        return first_of({check_account(stated.account), check_limits(stated.limits)});
    }

    Malformation operator()(const Atomic& atomic) const;
};

// Its own fields first, then what the kinds have in common.
template <typename Stated>
Malformation check_stated(const Stated& stated, bool is_member) {
    auto wrong = FormOf{is_member}(stated);
    if constexpr (requires { stated.particulars; }) {
        if (wrong == Malformation::none) wrong = check_particulars(stated.particulars);
    }
    if constexpr (requires { stated.require; }) {
        if (wrong == Malformation::none) wrong = check_require(stated.require);
    }
    return wrong;
}

Malformation check_member(const Member& member) {
    return std::visit(
        [](const auto& stated) {
            if (!stated.key.is_none()) return Malformation::reserved_not_zero;
            return check_stated(stated, true);
        },
        member);
}

Malformation FormOf::operator()(const Atomic& atomic) const {
    if (atomic.members.empty() || atomic.members.size() > kMembersMax) {
        return Malformation::member_count;
    }
    return check_each(atomic.members, check_member);
}

}  // namespace

Malformation check_form(const Transfer& transfer) {
    if (transfer.key.is_none()) return Malformation::key_missing;
    if (transfer.debit.is_none() || transfer.credit.is_none()) {
        return Malformation::account_reference;
    }
    if (transfer.balancing > Balancing::both) return Malformation::reserved_not_zero;
    return transfer.amount.is_zero() ? Malformation::amount_zero : Malformation::none;
}

Malformation check_form(const Command& command) {
    // Expiries are the ledger's own: nobody asked for them.
    const bool needs_key = !std::holds_alternative<ExpireHold>(command);
    if (needs_key && key_of(command).is_none()) return Malformation::key_missing;
    return std::visit([](const auto& stated) { return check_stated(stated, false); }, command);
}

bool is_account_code(std::string_view text) {
    if (text.empty() || text.size() > kAccountCodeBytesMax) return false;
    if (text.front() == ':' || text.back() == ':') return false;
    if (text.find("::") != std::string_view::npos) return false;
    return std::ranges::all_of(text, [](char c) {
        return is_upper(c) || is_lower(c) || is_digit(c) || c == ':' || c == '_' || c == '-' ||
               c == '.';
    });
}

bool is_asset_code(std::string_view text) {
    if (text.empty() || text.size() > kAssetCodeBytesMax) return false;
    return std::ranges::all_of(
        text, [](char c) { return is_upper(c) || is_digit(c) || c == '.' || c == '_'; });
}

bool is_plain_text(std::string_view text) {
    while (!text.empty()) {
        const auto length = utf8_length(text);
        if (length == 0 || is_control(text.substr(0, length))) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace daybook
