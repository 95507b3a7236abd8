#include "json/indent.h"

namespace daybook::json {

std::string indented(std::string_view text) {
    std::string out;
    int depth = 0;
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_quoted && c == '\\') {
            out += text.substr(i++, 2);
            continue;
        }
        if (c == '"') is_quoted = !is_quoted;
        const bool opens = !is_quoted && (c == '{' || c == '[');
        const bool closes = !is_quoted && (c == '}' || c == ']');
        if (closes && --depth == 0) out += '\n';
        out += c;
        if (opens) ++depth;
        const bool is_outer = depth == 1 || (depth == 2 && text[i] == ',' && text[i - 1] == '}');
        const bool breaks = !is_quoted && is_outer && (c == ',' || (opens && depth == 1));
        if (breaks) out += depth == 1 ? "\n  " : "\n    ";
    }
    out += '\n';
    return out;
}

}  // namespace daybook::json
