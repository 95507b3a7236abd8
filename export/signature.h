// The signature of a manifest: Ed25519 over its bytes, 64 of them in manifest.sig. Keys are PEM
// files as openssl makes them (docs/export.md).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daybook::exports {

inline constexpr std::string_view kSignatureName = "manifest.sig";

// `not_found` when there is no such file, `bad_input` when it holds no private Ed25519 key.
Result<std::string> sign(std::string_view manifest, const std::filesystem::path& private_key);

// Whether it is the signature of these bytes by the owner of this key.
Result<bool> is_signature(std::string_view signature, std::string_view manifest,
                          const std::filesystem::path& public_key);

}  // namespace daybook::exports
