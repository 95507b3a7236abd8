// Well-formedness: what can be said of a command without the book. Malformed ones get no Seq.
#pragma once

#include <cstddef>
#include <string_view>

#include "ledger/command.h"
#include "ledger/outcome.h"

namespace daybook {

inline constexpr std::size_t kAccountCodeBytesMax = 128;
inline constexpr std::size_t kAssetCodeBytesMax = 16;
inline constexpr unsigned kAssetScaleMax = 18;
inline constexpr std::size_t kPostingsMin = 2;
inline constexpr std::size_t kPostingsMax = 255;
inline constexpr std::size_t kReferenceBytesMax = 128;
inline constexpr std::size_t kDescriptionBytesMax = 256;
inline constexpr std::size_t kPreconditionsMax = 64;
inline constexpr std::size_t kMembersMax = 255;

// `Malformation::none`, or the first thing that is wrong.
Malformation check_form(const Transfer& transfer);
Malformation check_form(const Command& command);

// 1–128 of A–Z a–z 0–9 : _ - . with no empty part between colons.
bool is_account_code(std::string_view text);
// 1–16 of A–Z 0–9 . _
bool is_asset_code(std::string_view text);
// Valid UTF-8 (no overlong forms, no surrogates) without control characters.
bool is_plain_text(std::string_view text);

}  // namespace daybook
