// Cursor: where a page of a list begins, of which list, and as of which Seq: so that a long listing
// is one consistent cut. Opaque to callers. Private to http/'s sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/seq.h"
#include "http/answer.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/writing.h"

namespace daybook::http {

struct Cursor {
    std::uint64_t filters = 0;            // a hash of the path and the parameters it came with
    Seq as_of;                            // 0: as the first page finds it
    std::string position;                 // empty: the first page
    std::vector<std::string> trail = {};  // positions of the pages before, the nearest last

    // base64url.
    std::string encode() const;
    static std::optional<Cursor> decode(std::string_view text);

    Cursor next(std::string position_after) const;
    // Nothing before the first page. Where the trail ends, the first page.
    std::optional<Cursor> prev() const;
    friend bool operator==(const Cursor&, const Cursor&) = default;
};

// What a page is asked for.
struct Page {
    Cursor cursor;
    std::size_t limit = 50;
};
// `bad_cursor` when it is none of ours, or came with other filters.
OrProblem<Page> read_page(const Request& request);

// Writes next, prev and as_of_seq into the body's object, and the Link field into the answer.
// `next` is the position of the next page, empty when there is none.
void end_page(json::Line& line, Answer& answer, const Request& request, const Cursor& cursor,
              const std::string& next);

// A parameter as a Seq: nothing when it is not stated.
OrProblem<std::optional<Seq>> seq_parameter(const Request& request, std::string_view name);
OrProblem<std::optional<Stamp>> moment_parameter(const Request& request, std::string_view name);

}  // namespace daybook::http
