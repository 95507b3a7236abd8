#include "cli/line_source.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace daybook::cli {

namespace {

constexpr std::size_t kLineBytesMax = std::size_t{1} << 20;
constexpr std::size_t kReadBytes = std::size_t{256} << 10;

std::string reason() {
    return std::generic_category().message(errno);
}

}  // namespace

Result<LineSource> LineSource::open(const std::string& path) {
    if (path == "-") return LineSource{STDIN_FILENO, "standard input"};
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return LineSource{fd, path};
    if (errno == ENOENT) return fail(ErrorCode::not_found, "there is no file '" + path + "'");
    return fail(ErrorCode::no_permission, "cannot read '" + path + "': " + reason());
}

LineSource::~LineSource() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
}

LineSource::LineSource(LineSource&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)},
      name_{std::move(other.name_)},
      buffer_{std::move(other.buffer_)},
      start_{other.start_},
      line_number_{other.line_number_},
      is_at_end_{other.is_at_end_} {}

Result<void> LineSource::fill() {
    buffer_.erase(0, std::exchange(start_, 0));
    const std::size_t kept = buffer_.size();
    buffer_.resize(kept + kReadBytes);
    ssize_t count = -1;
    do {
        count = ::read(fd_, buffer_.data() + kept, kReadBytes);
    } while (count < 0 && errno == EINTR);
    const auto problem = count < 0 ? reason() : std::string{};
    buffer_.resize(kept + (count > 0 ? static_cast<std::size_t>(count) : 0));
    is_at_end_ = count <= 0;
    if (count < 0) return fail(ErrorCode::io_failed, "cannot read " + name_ + ": " + problem);
    return {};
}

bool LineSource::has_line() const {
    return is_at_end_ || buffer_.find('\n', start_) != std::string::npos;
}

Result<std::optional<std::string_view>> LineSource::next() {
    std::size_t searched = start_;
    std::size_t end = buffer_.find('\n', searched);
    while (end == std::string::npos && !is_at_end_) {
        if (buffer_.size() - start_ > kLineBytesMax) {
            ++line_number_;
            return fail(ErrorCode::bad_input, "the line is longer than a mebibyte");
        }
        searched = buffer_.size() - start_;
        if (const auto filled = fill(); !filled) return std::unexpected{filled.error()};
        end = buffer_.find('\n', searched);
    }
    if (end == std::string::npos && start_ == buffer_.size()) {
        return std::optional<std::string_view>{};
    }
    end = std::min(end, buffer_.size());
    std::string_view line{buffer_.data() + start_, end - start_};
    start_ = std::min(end + 1, buffer_.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++line_number_;
    return line;
}

}  // namespace daybook::cli
