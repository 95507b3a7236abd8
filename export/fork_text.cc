#include "export/fork_text.h"

#include "json/required.h"

namespace daybook::exports {

void write_origin(json::Line& line, const std::optional<journal::Origin>& origin) {
    if (!origin) return;
    line.begin_object("fork_of")
        .text("book", to_hex(origin->book.bytes))
        .big("seq", origin->seq)
        .text("block", to_hex(origin->block.bytes))
        .end_object();
}

std::optional<journal::Origin> read_origin(json::Fields& fields) {
    std::optional<journal::Origin> origin;
    fields.object("fork_of", [&](json::Fields& stated) {
        stated.require("book");
        stated.require("seq");
        origin = {stated.tag("book"), Seq{stated.big("seq")}, json::read_hash(stated, "block")};
    });
    return origin;
}

std::string describe(const journal::Origin& origin) {
    return "book " + to_hex(origin.book.bytes) + " at seq " + std::to_string(origin.seq.value());
}

}  // namespace daybook::exports
