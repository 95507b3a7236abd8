// A framed line about an account, as several answers have it. Private to schema/'s sources.
#pragma once

#include <cstddef>
#include <expected>
#include <vector>

#include "ledger/outcome.h"
#include "schema/account_answers.h"
#include "schema/message.h"

namespace daybook::schema {

void append_line(std::vector<std::byte>& message, const AccountDetails& account);
std::expected<AccountDetails, Malformation> read_line(FrameReader& frames);
// All that is left, which must be `count`.
std::expected<std::vector<AccountDetails>, Malformation> read_lines(FrameReader& frames,
                                                                    std::size_t count);

}  // namespace daybook::schema
