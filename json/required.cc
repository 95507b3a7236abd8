#include "json/required.h"

namespace daybook::json {

std::string read_text(Fields& fields, std::string_view name) {
    fields.require(name);
    return fields.text(name);
}

std::uint64_t read_big(Fields& fields, std::string_view name) {
    fields.require(name);
    return fields.big(name);
}

std::uint32_t read_small(Fields& fields, std::string_view name) {
    fields.require(name);
    return fields.small(name).value_or(0);
}

Amount read_amount(Fields& fields, std::string_view name) {
    fields.require(name);
    return fields.amount(name).value_or(Amount{});
}

Stamp read_stamp(Fields& fields, std::string_view name) {
    fields.require(name);
    return fields.stamp(name, name);
}

Hash256 read_hash(Fields& fields, std::string_view name) {
    const auto hash = parse_hash256(read_text(fields, name));
    if (!hash) fields.wrong(name, "is no hash of 64 hexadecimal digits");
    return hash.value_or(Hash256{});
}

std::string read_file_name(Fields& fields, std::string_view name) {
    std::string stated = read_text(fields, name);
    const bool is_plain =
        !stated.empty() && stated.front() != '.' && stated.find('/') == std::string::npos;
    if (!is_plain) fields.wrong(name, "is no plain name of a file");
    return stated;
}

}  // namespace daybook::json
