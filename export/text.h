// Numbers, amounts and hashes appended to a text that is written out in large pieces.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "ledger/amount.h"

namespace daybook::exports {

void append(std::string& out, std::uint64_t number);
void append(std::string& out, Amount amount);
void append(std::string& out, SignedAmount amount);
// With the point where the asset's scale puts it.
void append_decimal(std::string& out, Amount amount, unsigned scale);
void append_decimal(std::string& out, SignedAmount amount, unsigned scale);
void append_hex(std::string& out, std::span<const std::uint8_t> bytes);

}  // namespace daybook::exports
