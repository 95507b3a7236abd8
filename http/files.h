// The files in the binary: openapi.json, and everything in console/. embed.py writes them at build
// time. Private to http/'s sources.
#pragma once

#include <string_view>

namespace daybook::http {

struct File {
    std::string_view path;  // below http/
    std::string_view type;
    std::string_view etag;  // with its quotes
    std::string_view bytes;
};

// Null: there is none.
const File* find_file(std::string_view path);

}  // namespace daybook::http
