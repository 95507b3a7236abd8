#include "export/csv_cell.h"

namespace daybook::exports {

namespace {

bool is_escaped(std::string_view text) {
    if (text.empty()) return false;
    const char first = text.front();
    return first == '=' || first == '+' || first == '-' || first == '@' || first == '\'';
}

// A loop: most cells are short, and a search for any of four costs more than they do.
bool needs_quotes(std::string_view text) {
    for (const char c : text) {
        if (c == ',' || c == '"' || c == '\r' || c == '\n') return true;
    }
    return false;
}

}  // namespace

void append_cell(std::string& out, std::string_view text) {
    const bool is_quoted = needs_quotes(text);
    if (is_quoted) out.push_back('"');
    if (is_escaped(text)) out.push_back('\'');
    if (!is_quoted) {
        out += text;
        return;
    }
    for (const char c : text) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    out.push_back('"');
}

std::string_view without_escape(std::string_view cell) {
    const bool has_escape = cell.size() > 1 && cell[0] == '\'' && is_escaped(cell.substr(1));
    return has_escape ? cell.substr(1) : cell;
}

}  // namespace daybook::exports
