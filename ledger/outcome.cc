#include "ledger/outcome.h"

#include <algorithm>
#include <array>

namespace daybook {

namespace {

struct CodeText {
    std::uint16_t code;
    std::string_view name;
    std::string_view remedy;
};

// Sorted by code.
constexpr std::array kCodes = std::to_array<CodeText>({
    {1, "voided", "the key was voided before the command arrived; send it under a new key"},
    {2, "asset_exists", "the asset is already defined like this; nothing to do"},
    {3, "asset_exists_with_different_scale", "an asset's scale never changes; choose another code"},
    {4, "asset_not_found", "define the asset first (daybook asset define)"},
    {5, "account_exists", "the account is already open like this; nothing to do"},
    {6, "account_exists_with_different_terms",
     "the code is taken by an account with another asset, type or limits; choose another code"},
    {7, "account_not_found", "open the account first (daybook account open), or mend the code"},
    {8, "same_account", "an entry cannot debit and credit one account; name two"},
    {9, "account_closed", "the account is closed; use another"},
    {10, "account_frozen", "the account is frozen on this side; unfreeze it, then use a new key"},
    {11, "unbalanced", "debits and credits differ in an asset; mend the amounts and use a new key"},
    {12, "overflow", "a total would pass 2^127-1 minor units; use a smaller amount and a new key"},
    {13, "insufficient_funds",
     "the account would fall below its minimum; fund it, then use a new key"},
    {14, "limit_exceeded",
     "the account would rise above its maximum; use a new key when it has room"},
    {15, "precondition_failed",
     "the account is not as the command requires; read it again, then use a new key"},
    {16, "reference_exists",
     "the reference is taken by the seq in the subject; look there whether it is done already"},
    {17, "hold_not_found", "no hold has this id; mend it and use a new key"},
    {18, "hold_captured", "the hold has ended, captured; nothing is left of it"},
    {19, "hold_released", "the hold has ended, released; place a new one"},
    {20, "hold_expired", "the hold has ended, its time was over; place a new one"},
    {21, "exceeds_hold", "more than remains of the hold; capture less, under a new key"},
    {22, "hold_expiry_passed", "the hold would expire in the past; set a later expiry"},
    {23, "entry_not_found", "no entry has this id; mend it and use a new key"},
    {24, "reversal_of_reversal", "a reversal is not reversed; post a new entry"},
    {25, "posting_count_differs",
     "give as many amounts as the entry has postings, or none to reverse all of it"},
    {26, "already_reversed", "nothing of the entry is left to reverse; nothing to do"},
    {27, "exceeds_original", "more than is left of a posting; reverse less, under a new key"},
    {28, "rate_not_applicable",
     "a rate needs an entry in exactly two assets, its residue account in the bought one"},
    {29, "rate_mismatch", "the amounts are not what the rate gives; mend them and use a new key"},
    {30, "account_state_unchanged", "the account is in this state already; nothing to do"},
    {31, "limits_unchanged", "the account has these limits already; nothing to do"},
    {32, "account_not_empty",
     "an account is closed at a balance of zero; empty it, then use a new key"},
    {33, "account_has_holds",
     "the account has open holds; release or capture them, then use a new key"},
    {34, "too_many_touches", "an atomic changes accounts at most 1024 times; split it"},
    {1001, "idempotency_key_reused",
     "the key is bound to another command; use a new key, or ask for its outcome"},
    {1002, "overloaded", "too much is waiting; send the same command again after the hinted delay"},
    {1003, "disk_nearly_full",
     "the journal's disk is nearly full; free space, then send the same command again"},
    {1004, "stopping", "the sequencer is stopping; send the same command again"},
    {1005, "not_reached", "the projection has not come so far in time; ask again, or wait longer"},
    {2001, "bad_bytes", "the bytes are not a message of this protocol"},
    {2002, "unknown_version", "the message is of another protocol version; upgrade the older side"},
    {2003, "unknown_kind",
     "this endpoint does not take such a message or command; name the right one, or upgrade the "
     "older side"},
    {2004, "other_book",
     "the message is for another book; ask for the book's id and its numbers again"},
    {2005, "too_many_commands", "a message carries at most 8190 commands; send several"},
    {2006, "too_large",
     "over a size limit: 1 MiB + 4 KiB a message, 16 KiB a command, 64 KiB an atomic"},
    {2007, "key_missing", "every command needs an idempotency key that is not all zero"},
    {2008, "amount_zero", "a posting's amount is at least 1 minor unit"},
    {2009, "posting_count", "an entry has 2 to 255 postings"},
    {2010, "account_reference",
     "name an account by its number or by its code, not both, not neither"},
    {2011, "account_code",
     "an account code is 1 to 128 of A-Z a-z 0-9 : _ - . with no empty part between colons"},
    {2012, "asset_code", "an asset code is 1 to 16 of A-Z 0-9 . _"},
    {2013, "asset_scale", "an asset's scale is 0 to 18"},
    {2014, "account_type", "an account's type is asset, liability, equity, income or expense"},
    {2015, "limits_crossed", "the minimum is above the maximum"},
    {2016, "text_charset", "reference and description are UTF-8 without control characters"},
    {2017, "text_too_long", "a reference has at most 128 bytes, a description at most 256"},
    {2018, "reserved_not_zero", "reserved bytes must be zero"},
    {2019, "side_unknown", "a posting's side is debit or credit"},
    {2020, "precondition",
     "a condition compares version, posted or available by eq, gt, gte, lt or lte"},
    {2021, "precondition_count", "a command has at most 64 conditions"},
    {2022, "member_count", "an atomic has 1 to 255 commands"},
    {2023, "member_kind",
     "an atomic, a void and a fixed-size transfer cannot be part of an atomic"},
    {2024, "rate", "a rate is two numbers above 0 and rounds down, up, half_up or half_even"},
    {2025, "account_state",
     "an account is set to open, frozen_debits, frozen_credits, frozen or closed"},
    {2026, "reversal_amounts", "a partial reversal names 2 to 255 amounts, not all of them 0"},
    {2027, "balancing_postings", "only an entry of two postings can be balancing"},
    {2028, "reference_missing", "a unique reference must not be empty"},
    {2029, "entry_id",
     "an entry or hold is named by its seq, or seq.member; .member in its atomic"},
    {2030, "producer",
     "the sequencer takes no producers from gateways; start it with --trust-gateways"},
});

static_assert(std::ranges::is_sorted(kCodes, {}, &CodeText::code));

const CodeText* find(std::uint16_t code) {
    const auto* found = std::ranges::lower_bound(kCodes, code, {}, &CodeText::code);
    return found != kCodes.end() && found->code == code ? found : nullptr;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::accepted:
            return "accepted";
        case Verdict::rejected:
            return "rejected";
        case Verdict::refused:
            return "refused";
        case Verdict::malformed:
            return "malformed";
        case Verdict::not_seen:
            return "not_seen";
    }
    return "unknown";
}

std::string_view name_of(Rejection rejection) {
    return name_of_code(code_of(rejection));
}
std::string_view name_of(Refusal refusal) {
    return name_of_code(code_of(refusal));
}
std::string_view name_of(Malformation malformation) {
    return name_of_code(code_of(malformation));
}

std::string_view name_of_code(std::uint16_t code) {
    const auto* text = find(code);
    return text == nullptr ? std::string_view{} : text->name;
}

std::string_view remedy_of_code(std::uint16_t code) {
    const auto* text = find(code);
    return text == nullptr ? std::string_view{} : text->remedy;
}

}  // namespace daybook
