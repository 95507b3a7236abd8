#include "json/stored_object.h"

namespace daybook::json {

std::uint64_t read_big(Fields& fields, std::string_view name) {
    fields.require(name);
    return fields.big(name);
}

Amount read_amount(Fields& fields, std::string_view name) {
    fields.require(name);
    return fields.amount(name).value_or(Amount{});
}

std::string read_file_name(Fields& fields, std::string_view name) {
    fields.require(name);
    std::string stated = fields.text(name);
    const bool is_plain =
        !stated.empty() && stated.front() != '.' && stated.find('/') == std::string::npos;
    if (!is_plain) fields.wrong(name, "is no plain name of a file");
    return stated;
}

}  // namespace daybook::json
