// How a command ends: the verdict and, when it did not succeed, the one code that says why.
// The same numbers and names on disk, on the wire, in logs, in the CLI and over HTTP.
#pragma once

#include <cstdint>
#include <string_view>

namespace daybook {

// On disk and on the wire. Never renumber; append only.
enum class Verdict : std::uint8_t {
    accepted = 1,   // one Seq, journaled, key bound
    rejected = 2,   // one Seq, journaled, key bound
    refused = 3,    // no Seq, key unchanged
    malformed = 4,  // no Seq, key free
    not_seen = 5,   // answer to an outcome query: no command with this key up to the head
};

// Decided against the book. Their precedence is in docs/REJECTIONS.md.
// On disk. Never renumber; append only.
enum class Rejection : std::uint16_t {
    none = 0,
    voided = 1,
    asset_exists = 2,
    asset_exists_with_different_scale = 3,
    asset_not_found = 4,
    account_exists = 5,
    account_exists_with_different_terms = 6,
    account_not_found = 7,
    same_account = 8,
    account_closed = 9,
    account_frozen = 10,
    unbalanced = 11,
    overflow = 12,
    insufficient_funds = 13,
    limit_exceeded = 14,
    precondition_failed = 15,
    reference_exists = 16,
    hold_not_found = 17,
    hold_captured = 18,
    hold_released = 19,
    hold_expired = 20,
    exceeds_hold = 21,
    hold_expiry_passed = 22,
    entry_not_found = 23,
    reversal_of_reversal = 24,
    posting_count_differs = 25,
    already_reversed = 26,
    exceeds_original = 27,
    rate_not_applicable = 28,
    rate_mismatch = 29,
    account_state_unchanged = 30,
    limits_unchanged = 31,
    account_not_empty = 32,
    account_has_holds = 33,
    too_many_touches = 34,
};

inline constexpr Rejection kRejectionLast = Rejection::too_many_touches;

// Not decided, or not answered, at all; the same may be sent again. On the wire. Never renumber;
// append only.
enum class Refusal : std::uint16_t {
    idempotency_key_reused = 1001,
    overloaded = 1002,
    disk_nearly_full = 1003,
    stopping = 1004,
    not_reached = 1005,  // queries: what is asked to be seen is not there yet
};

// Wrong whatever the book says. On the wire. Never renumber; append only.
enum class Malformation : std::uint16_t {
    none = 0,
    bad_bytes = 2001,
    unknown_version = 2002,
    unknown_kind = 2003,
    other_book = 2004,
    too_many_commands = 2005,
    too_large = 2006,
    key_missing = 2007,
    amount_zero = 2008,
    posting_count = 2009,
    account_reference = 2010,
    account_code = 2011,
    asset_code = 2012,
    asset_scale = 2013,
    account_type = 2014,
    limits_crossed = 2015,
    text_charset = 2016,
    text_too_long = 2017,
    reserved_not_zero = 2018,
    side_unknown = 2019,
    precondition = 2020,
    precondition_count = 2021,
    member_count = 2022,
    member_kind = 2023,
    rate = 2024,
    account_state = 2025,
    reversal_amounts = 2026,
    balancing_postings = 2027,
    reference_missing = 2028,
    entry_id = 2029,
    producer = 2030,
};

std::string_view name_of(Verdict verdict);
std::string_view name_of(Rejection rejection);
std::string_view name_of(Refusal refusal);
std::string_view name_of(Malformation malformation);

// For a code of any of the three; empty for 0 and for unknown ones.
std::string_view name_of_code(std::uint16_t code);
// One sentence for the caller: what it means and what to do. Empty for 0 and for unknown ones.
std::string_view remedy_of_code(std::uint16_t code);

constexpr std::uint16_t code_of(Rejection rejection) {
    return static_cast<std::uint16_t>(rejection);
}
constexpr std::uint16_t code_of(Refusal refusal) {
    return static_cast<std::uint16_t>(refusal);
}
constexpr std::uint16_t code_of(Malformation malformation) {
    return static_cast<std::uint16_t>(malformation);
}

}  // namespace daybook
