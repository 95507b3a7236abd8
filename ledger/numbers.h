// The dense numbers the ledger gives out. Each starts at 1, follows the order of creation and is
// never reused; 0 is "none".
#pragma once

#include <compare>
#include <cstdint>

namespace daybook {

class AccountNumber {
public:
    constexpr AccountNumber() = default;
    constexpr explicit AccountNumber(std::uint64_t value) : value_{value} {}
    constexpr std::uint64_t value() const { return value_; }
    constexpr bool is_none() const { return value_ == 0; }
    friend constexpr auto operator<=>(AccountNumber, AccountNumber) = default;

private:
    std::uint64_t value_ = 0;
};

class AssetNumber {
public:
    constexpr AssetNumber() = default;
    constexpr explicit AssetNumber(std::uint32_t value) : value_{value} {}
    constexpr std::uint32_t value() const { return value_; }
    constexpr bool is_none() const { return value_ == 0; }
    friend constexpr auto operator<=>(AssetNumber, AssetNumber) = default;

private:
    std::uint32_t value_ = 0;
};

// Who sent a command. Configuration maps credentials to it, so that rotating a credential keeps it.
class ProducerId {
public:
    constexpr ProducerId() = default;
    constexpr explicit ProducerId(std::uint32_t value) : value_{value} {}
    constexpr std::uint32_t value() const { return value_; }
    friend constexpr auto operator<=>(ProducerId, ProducerId) = default;

private:
    std::uint32_t value_ = 0;
};

inline constexpr ProducerId kSystemProducer{0};    // the ledger's own commands
inline constexpr ProducerId kLoopbackProducer{1};  // everybody who needs no credential

}  // namespace daybook
