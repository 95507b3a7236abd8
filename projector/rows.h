// Rows: the stored bytes of the projection as values, and back.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/form.h"
#include "projector/balances.h"
#include "projector/layout.h"

namespace daybook::projector {

WatermarkRow to_row(const Watermark& watermark);
AssetRow to_row(const AssetInfo& asset);
BalanceRow to_row(const Balance& balance);
HoldRow to_row(const OpenHold& hold);
// State and limits alone.
TermsRow terms_row(const AccountInfo& account);

// A row whose length depends on the code.
class AccountBytes {
public:
    explicit AccountBytes(const AccountInfo& account);
    Bytes bytes() const { return std::span{bytes_}.first(size_); }

private:
    std::array<std::byte, sizeof(AccountRow) + kAccountCodeBytesMax> bytes_{};
    std::size_t size_;
};

// The bytes need no alignment, and are without their RowEnd, except a watermark's: it says itself
// of which book it is. `damaged` when they are not such a row, or a watermark of another format
// version.
Result<Watermark> watermark_from(Bytes bytes);
Result<AssetInfo> asset_from(AssetNumber number, Bytes bytes);
Result<AccountInfo> account_from(AccountNumber number, Bytes bytes);
Result<Balance> balance_from(Bytes bytes);
Result<OpenHold> hold_from(EntryId id, Bytes bytes);
// `account` with what the row says.
Result<AccountInfo> with_terms(AccountInfo account, Bytes bytes);

}  // namespace daybook::projector
