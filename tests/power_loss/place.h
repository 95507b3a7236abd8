// Where a path that a process states leads, and whether that is recorded.
#pragma once

#include <string>

namespace daybook::power_loss {

// Below $DAYBOOK_RECORDED, or that itself.
bool is_below(const std::string& path);

// What a symbolic link says; empty when it is none.
std::string target_of(const std::string& link);

// The absolute path of the directory that is to hold the last name, and that name.
struct Place {
    std::string parent;
    std::string name;
    std::string path() const { return parent + '/' + name; }
    bool is_ours() const { return is_below(parent); }
};

// Of a path relative to an open directory, or AT_FDCWD.
Place place_of(int directory, const char* stated);

}  // namespace daybook::power_loss
