#include "export/csv_row.h"

namespace daybook::exports {

namespace {

// Takes a cell off `rest`, up to the comma or the end. False when its quotes are wrong.
bool take_cell(std::string_view& rest, std::string& cell) {
    cell.clear();
    if (rest.empty() || rest.front() != '"') {
        const auto end = std::min(rest.find(','), rest.size());
        cell = rest.substr(0, end);
        rest.remove_prefix(end);
        return cell.find('"') == std::string::npos;
    }
    rest.remove_prefix(1);
    while (true) {
        const auto quote = rest.find('"');
        if (quote == std::string_view::npos) return false;
        cell += rest.substr(0, quote);
        rest.remove_prefix(quote + 1);
        if (rest.empty() || rest.front() != '"') return rest.empty() || rest.front() == ',';
        cell.push_back('"');
        rest.remove_prefix(1);
    }
}

}  // namespace

bool split_row(std::string_view line, std::vector<std::string>& cells) {
    if (!line.ends_with('\r')) return false;
    line.remove_suffix(1);
    std::size_t count = 0;
    while (true) {
        if (count == cells.size()) cells.emplace_back();
        if (!take_cell(line, cells[count++])) return false;
        if (line.empty()) break;
        line.remove_prefix(1);
    }
    cells.resize(count);
    return true;
}

}  // namespace daybook::exports
