#include "ledger/form.h"

#include <algorithm>
#include <cstdint>

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

Malformation check_posting(const Posting& posting) {
    if (posting.account.number.is_none() == posting.account.code.empty()) {
        return Malformation::account_reference;
    }
    if (posting.account.number.is_none() && !is_account_code(posting.account.code)) {
        return Malformation::account_code;
    }
    if (posting.side != Side::debit && posting.side != Side::credit) {
        return Malformation::side_unknown;
    }
    return posting.amount.is_zero() ? Malformation::amount_zero : Malformation::none;
}

struct FormOf {
    Malformation operator()(const Transfer& transfer) const { return check_form(transfer); }
    Malformation operator()(const VoidKey&) const { return Malformation::none; }

    Malformation operator()(const DefineAsset& asset) const {
        if (!is_asset_code(asset.code)) return Malformation::asset_code;
        return asset.scale <= kAssetScaleMax ? Malformation::none : Malformation::asset_scale;
    }

    Malformation operator()(const OpenAccount& account) const {
        if (!is_account_code(account.code)) return Malformation::account_code;
        if (!is_asset_code(account.asset)) return Malformation::asset_code;
        if (account.type < AccountType::asset || account.type > AccountType::expense) {
            return Malformation::account_type;
        }
        const auto& [min, max] = account.limits;
        return min && max && *min > *max ? Malformation::limits_crossed : Malformation::none;
    }

    Malformation operator()(const PostEntry& entry) const {
        if (entry.postings.size() < kPostingsMin || entry.postings.size() > kPostingsMax) {
            return Malformation::posting_count;
        }
        for (const auto& posting : entry.postings) {
            const auto wrong = check_posting(posting);
            if (wrong != Malformation::none) return wrong;
        }
        const auto wrong = check_text(entry.reference, kReferenceBytesMax);
        if (wrong != Malformation::none) return wrong;
        return check_text(entry.description, kDescriptionBytesMax);
    }
};

}  // namespace

Malformation check_form(const Transfer& transfer) {
    if (transfer.key.is_none()) return Malformation::key_missing;
    if (transfer.debit.is_none() || transfer.credit.is_none()) {
        return Malformation::account_reference;
    }
    return transfer.amount.is_zero() ? Malformation::amount_zero : Malformation::none;
}

Malformation check_form(const Command& command) {
    if (key_of(command).is_none()) return Malformation::key_missing;
    return std::visit(FormOf{}, command);
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
