// Enumerators and their spelling, both ways. Private to ledger/'s sources.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace daybook {

template <typename Enum, std::size_t kCount>
using Named = std::array<std::pair<Enum, std::string_view>, kCount>;

template <typename Enum, std::size_t kCount>
constexpr std::string_view name_in(const Named<Enum, kCount>& names, Enum value) {
    for (const auto& [named, name] : names) {
        if (named == value) return name;
    }
    return "unknown";
}

template <typename Enum, std::size_t kCount>
constexpr std::optional<Enum> parse_in(const Named<Enum, kCount>& names, std::string_view text) {
    for (const auto& [named, name] : names) {
        if (name == text) return named;
    }
    return std::nullopt;
}

}  // namespace daybook
