#include "export/line_reader.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace daybook::exports {

LineReader::LineReader(std::filesystem::path path, int fd) : path_{std::move(path)}, fd_{fd} {}

LineReader::~LineReader() {
    if (fd_ >= 0) close(fd_);
}

LineReader::LineReader(LineReader&& other) noexcept
    : path_{std::move(other.path_)},
      fd_{std::exchange(other.fd_, -1)},
      piece_{std::move(other.piece_)},
      begin_{other.begin_},
      line_{other.line_} {}

Result<LineReader> LineReader::open(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return LineReader{path, fd};
    const bool is_denied = errno == EACCES || errno == EPERM;
    return fail(is_denied ? ErrorCode::no_permission : ErrorCode::not_found,
                "cannot open '" + path.string() + "': " + std::generic_category().message(errno));
}

Result<std::optional<std::string_view>> LineReader::next() {
    std::size_t searched = begin_;
    while (true) {
        const auto end = piece_.find('\n', searched);
        if (end != std::string::npos) {
            const auto line = std::string_view{piece_}.substr(begin_, end - begin_);
            begin_ = end + 1;
            ++line_;
            return line;
        }
        const std::size_t rest = piece_.size() - begin_;
        const auto more = read_more();
        if (!more) return std::unexpected{more.error()};
        searched = begin_ + rest;
        if (*more) continue;
        if (rest == 0) return std::nullopt;
        return fail(ErrorCode::bad_input,
                    "line " + std::to_string(line_ + 1) + " is cut off: it has no end");
    }
}

Result<bool> LineReader::read_more() {
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    constexpr std::size_t kLineMax = std::size_t{64} << 20;
    piece_.erase(0, std::exchange(begin_, 0));
    const std::size_t kept = piece_.size();
    if (kept > kLineMax) {
        return fail(ErrorCode::bad_input,
                    "line " + std::to_string(line_ + 1) + " is longer than 64 MiB");
    }
    piece_.resize(kept + kPiece);
    ssize_t got = 0;
    do {
        got = read(fd_, piece_.data() + kept, kPiece);
    } while (got < 0 && errno == EINTR);
    const int code = errno;
    piece_.resize(kept + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got < 0) {
        return fail(ErrorCode::io_failed, "cannot read '" + path_.string() +
                                              "': " + std::generic_category().message(code));
    }
    return got > 0;
}

}  // namespace daybook::exports
