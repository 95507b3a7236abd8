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
    {1001, "idempotency_key_reused",
     "the key is bound to another command; use a new key, or ask for its outcome"},
    {1002, "overloaded", "too much is waiting; send the same command again after the hinted delay"},
    {1003, "disk_nearly_full",
     "the journal's disk is nearly full; free space, then send the same command again"},
    {1004, "stopping", "the sequencer is stopping; send the same command again"},
    {2001, "bad_bytes", "the bytes are not a message of this protocol"},
    {2002, "unknown_version", "the message is of another protocol version; upgrade the older side"},
    {2003, "unknown_kind", "the message or command kind is not known; upgrade the older side"},
    {2004, "other_book",
     "the message is for another book; ask for the book's id and its numbers again"},
    {2005, "too_many_commands", "a message carries at most 8190 commands; send several"},
    {2006, "too_large", "over a size limit: 1 MiB + 4 KiB a message, 16 KiB a command"},
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
