// Fields that must be there: what is wrong with one, or that it is missing, is in the Reading.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "json/fields.h"
#include "ledger/amount.h"

namespace daybook::json {

std::string read_text(Fields& fields, std::string_view name);
std::uint64_t read_big(Fields& fields, std::string_view name);
std::uint32_t read_small(Fields& fields, std::string_view name);
Amount read_amount(Fields& fields, std::string_view name);
// In nanoseconds, as stored.
Stamp read_stamp(Fields& fields, std::string_view name);
Hash256 read_hash(Fields& fields, std::string_view name);
// The name of a file beside this one: no path, and none that is hidden.
std::string read_file_name(Fields& fields, std::string_view name);

template <typename Enum>
Enum read_named(Fields& fields, std::string_view name,
                std::optional<Enum> (*parse)(std::string_view)) {
    fields.require(name);
    return fields.named(name, parse, Enum{});
}

}  // namespace daybook::json
