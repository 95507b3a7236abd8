#include "projector/rows.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/check.h"
#include "projector/seals.h"

namespace daybook::projector {

namespace {

constexpr std::uint16_t kWatermarkBytes = sizeof(WatermarkRow) + sizeof(RowEnd);

template <typename Number>
Wide to_wide(Number number) {
    return {.low = number.low(), .high = number.high()};
}

Amount amount_from(Wide wide) {
    return Amount{wide.high, wide.low};
}

template <typename Row>
Row load(Bytes bytes) {
    Row row;
    std::memcpy(&row, bytes.data(), sizeof row);
    return row;
}

std::string text_of(Bytes bytes) {
    std::string text(bytes.size(), '\0');
    std::memcpy(text.data(), bytes.data(), bytes.size());
    return text;
}

std::unexpected<Error> bad_row(const std::string& what) {
    return fail(ErrorCode::damaged, what +
                                        " is not what was written; delete the projection, "
                                        "the projector builds it again");
}

std::unexpected<Error> bad_account(AccountNumber number) {
    return bad_row("account " + std::to_string(number.value()));
}

// What is derived from a balance rests on it.
bool is_in_range(Amount posted, Amount held) {
    const auto total = checked_add(posted, held);
    return total && *total <= kSideTotalMax;
}

bool is_state(std::uint8_t state) {
    return state >= static_cast<std::uint8_t>(AccountState::open) &&
           state <= static_cast<std::uint8_t>(AccountState::closed);
}

}  // namespace

WatermarkRow to_row(const Watermark& watermark) {
    return {.row_bytes = kWatermarkBytes,
            .seq = watermark.seq.value(),
            .block_number = watermark.block_number,
            .stamp_ns = watermark.stamp.nanoseconds(),
            .book = watermark.book,
            .block_hash = watermark.block_hash};
}

AssetRow to_row(const AssetInfo& asset) {
    AssetRow row;
    CHECK_INVARIANT(asset.code.size() <= row.code.size(), "an asset's code is 16 bytes at most");
    row.scale = static_cast<std::uint8_t>(asset.scale);
    row.code_bytes = static_cast<std::uint8_t>(asset.code.size());
    std::ranges::copy(asset.code, row.code.begin());
    return row;
}

BalanceRow to_row(const Balance& balance) {
    return {.posted_debits = to_wide(balance.totals.posted_debits),
            .posted_credits = to_wide(balance.totals.posted_credits),
            .held_debits = to_wide(balance.totals.held_debits),
            .held_credits = to_wide(balance.totals.held_credits),
            .version = balance.version,
            .last = balance.last.bits()};
}

HoldRow to_row(const OpenHold& hold) {
    return {.debit = hold.debit.value(),
            .credit = hold.credit.value(),
            .remaining = to_wide(hold.remaining),
            .captured = to_wide(hold.captured),
            .expires_at_ns = hold.expires_at.nanoseconds()};
}

TermsRow terms_row(const AccountInfo& account) {
    TermsRow row{.state = static_cast<std::uint8_t>(account.state),
                 .bounds = 0,
                 .reserved = {},
                 .min = to_wide(account.limits.min.value_or(SignedAmount{})),
                 .max = to_wide(account.limits.max.value_or(SignedAmount{}))};
    if (account.limits.min) row.bounds |= kHasMin;
    if (account.limits.max) row.bounds |= kHasMax;
    return row;
}

AccountBytes::AccountBytes(const AccountInfo& account)
    : size_{sizeof(AccountRow) + padded_to_8(account.code.size())} {
    CHECK_INVARIANT(size_ <= bytes_.size(), "an account's code is 128 bytes at most");
    AccountRow row{.asset = account.asset.value(),
                   .type = static_cast<std::uint8_t>(account.type),
                   .state = static_cast<std::uint8_t>(account.state),
                   .bounds = 0,
                   .code_bytes = static_cast<std::uint8_t>(account.code.size()),
                   .opened_seq = account.opened.value(),
                   .min = to_wide(account.limits.min.value_or(SignedAmount{})),
                   .max = to_wide(account.limits.max.value_or(SignedAmount{}))};
    if (account.limits.min) row.bounds |= kHasMin;
    if (account.limits.max) row.bounds |= kHasMax;
    std::memcpy(bytes_.data(), &row, sizeof row);
    std::ranges::copy(as_bytes(account.code), bytes_.begin() + sizeof row);
}

Result<Watermark> watermark_from(Bytes bytes) {
    constexpr std::size_t kVersionEnd = offsetof(WatermarkRow, row_bytes);
    if (bytes.size() < kVersionEnd) return bad_row("its watermark");
    WatermarkRow row;
    std::memcpy(&row, bytes.data(), std::min(bytes.size(), sizeof row));
    if (row.magic != kMagic) return bad_row("its watermark");
    if (row.format_version != kFormatVersion) {
        return fail(ErrorCode::damaged,
                    "it is of format version " + std::to_string(row.format_version) +
                        ", this program reads " + std::to_string(kFormatVersion) +
                        "; run the projector of this version to rebuild it");
    }
    if (bytes.size() != kWatermarkBytes || row.row_bytes != kWatermarkBytes) {
        return bad_row("its watermark");
    }
    const auto opened = Seals{row.book}.open(Table::meta, as_bytes(kWatermarkKey), bytes);
    if (!opened) return std::unexpected{opened.error()};
    return Watermark{.seq = Seq{row.seq},
                     .block_number = row.block_number,
                     .stamp = Stamp{row.stamp_ns},
                     .block_hash = row.block_hash,
                     .book = row.book};
}

Result<AssetInfo> asset_from(AssetNumber number, Bytes bytes) {
    const std::string name = "asset " + std::to_string(number.value());
    if (bytes.size() != sizeof(AssetRow)) return bad_row(name);
    const auto row = load<AssetRow>(bytes);
    if (row.code_bytes > row.code.size()) return bad_row(name);
    return AssetInfo{
        .number = number, .code = {row.code.data(), row.code_bytes}, .scale = row.scale};
}

Result<AccountInfo> account_from(AccountNumber number, Bytes bytes) {
    if (bytes.size() < sizeof(AccountRow)) return bad_account(number);
    const auto row = load<AccountRow>(bytes);
    if (bytes.size() != sizeof row + padded_to_8(row.code_bytes)) return bad_account(number);
    AccountInfo account{.number = number,
                        .code = text_of(bytes.subspan(sizeof row, row.code_bytes)),
                        .asset = AssetNumber{row.asset},
                        .type = static_cast<AccountType>(row.type),
                        .state = static_cast<AccountState>(row.state),
                        .limits = {},
                        .opened = Seq{row.opened_seq}};
    const bool is_known = row.type >= static_cast<std::uint8_t>(AccountType::asset) &&
                          row.type <= static_cast<std::uint8_t>(AccountType::expense) &&
                          is_state(row.state);
    if (!is_known) return bad_account(number);
    if ((row.bounds & kHasMin) != 0) account.limits.min = SignedAmount{row.min.high, row.min.low};
    if ((row.bounds & kHasMax) != 0) account.limits.max = SignedAmount{row.max.high, row.max.low};
    return account;
}

Result<Balance> balance_from(Bytes bytes) {
    if (bytes.size() != sizeof(BalanceRow)) return bad_row("a balance");
    const auto row = load<BalanceRow>(bytes);
    const bool is_possible =
        is_in_range(amount_from(row.posted_debits), amount_from(row.held_debits)) &&
        is_in_range(amount_from(row.posted_credits), amount_from(row.held_credits));
    if (!is_possible) return bad_row("a balance");
    return Balance{.totals = {.posted_debits = amount_from(row.posted_debits),
                              .posted_credits = amount_from(row.posted_credits),
                              .held_debits = amount_from(row.held_debits),
                              .held_credits = amount_from(row.held_credits)},
                   .version = row.version,
                   .last = TouchPointer{row.last}};
}

Result<OpenHold> hold_from(EntryId id, Bytes bytes) {
    if (bytes.size() != sizeof(HoldRow)) return bad_row("hold " + to_string(id));
    const auto row = load<HoldRow>(bytes);
    return OpenHold{.id = id,
                    .debit = AccountNumber{row.debit},
                    .credit = AccountNumber{row.credit},
                    .remaining = amount_from(row.remaining),
                    .captured = amount_from(row.captured),
                    .expires_at = Stamp{row.expires_at_ns}};
}

Result<AccountInfo> with_terms(AccountInfo account, Bytes bytes) {
    if (bytes.size() != sizeof(TermsRow)) return bad_row("a state of " + account.code);
    const auto row = load<TermsRow>(bytes);
    if (!is_state(row.state)) return bad_row("a state of " + account.code);
    account.state = static_cast<AccountState>(row.state);
    account.limits = {};
    if ((row.bounds & kHasMin) != 0) account.limits.min = SignedAmount{row.min.high, row.min.low};
    if ((row.bounds & kHasMax) != 0) account.limits.max = SignedAmount{row.max.high, row.max.low};
    return account;
}

}  // namespace daybook::projector
