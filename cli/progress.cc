#include "cli/progress.h"

#include <unistd.h>

#include <fmt/format.h>

namespace daybook::cli {

using std::chrono::steady_clock;

Progress::Progress(std::string doing, std::uint64_t total)
    : doing_{std::move(doing)},
      total_{total},
      started_{steady_clock::now()},
      drawn_{started_ + std::chrono::seconds{2}},
      is_terminal_{isatty(STDERR_FILENO) == 1} {}

Progress::~Progress() {
    if (has_drawn_) fmt::print(stderr, "\r\033[K");
}

void Progress::at(std::uint64_t done) {
    constexpr std::uint64_t kCallsBetweenLooks = 256;
    if (++calls_ % kCallsBetweenLooks == 0) look(done);
}

void Progress::look(std::uint64_t done) {
    if (!is_terminal_) return;
    const auto now = steady_clock::now();
    if (now < drawn_) return;
    drawn_ = now + std::chrono::milliseconds{200};
    draw(done);
}

void Progress::draw(std::uint64_t done) {
    const std::chrono::duration<double> elapsed = steady_clock::now() - started_;
    const double rate = static_cast<double>(done) / elapsed.count();
    std::string line = fmt::format("{}: {}", doing_, done);
    if (total_ != 0) line += fmt::format(" of {}", total_);
    line += fmt::format(", {:.0f}/s", rate);
    if (total_ > done && rate > 0) {
        line += fmt::format(", {:.0f} s to go", static_cast<double>(total_ - done) / rate);
    }
    fmt::print(stderr, "\r\033[K{}", line);
    has_drawn_ = true;
}

}  // namespace daybook::cli
