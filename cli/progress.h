// Progress: count, rate and time to go on one line of a terminal, from the second second on.
// Silent when standard error is not a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace daybook::cli {

class Progress {
public:
    // `total` 0: not known.
    Progress(std::string doing, std::uint64_t total);
    // Ends the line.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    Progress(Progress&&) = delete;
    Progress& operator=(Progress&&) = delete;

    // Cheap enough for every item: it looks at the clock once in a thousand calls or when told to.
    void at(std::uint64_t done);
    // The same for a caller that comes a few times a second: it always looks.
    void look(std::uint64_t done);

private:
    void draw(std::uint64_t done);

    std::string doing_;
    std::uint64_t total_;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point drawn_;
    std::uint64_t calls_ = 0;
    bool is_terminal_;
    bool has_drawn_ = false;
};

}  // namespace daybook::cli
