#include "export/output_file.h"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include "journal/sha256_stream.h"

namespace daybook::exports {

namespace {

std::string message(int code) {
    return std::generic_category().message(code);
}

std::uint64_t lines_in(std::string_view text) {
    std::uint64_t lines = 0;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1))
        ++lines;
    return lines;
}

}  // namespace

// One piece at most waits for the thread; `hand_over` waits for its place.
class OutputFile::Impl {
public:
    Impl(std::filesystem::path path, int fd)
        : path_{std::move(path)}, fd_{fd}, thread_{[this] { run(); }} {}
    ~Impl() {
        stop();
        close(fd_);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    Impl(Impl&&) = delete;
    Impl& operator=(Impl&&) = delete;

    // Swaps `text` for an empty one.
    Result<void> hand_over(std::string& text) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return !has_piece_; });
        if (failure_) return std::unexpected{*failure_};
        std::swap(piece_, text);
        text.clear();
        has_piece_ = true;
        changed_.notify_all();
        return {};
    }

    Result<WrittenFile> finish() {
        stop();
        if (failure_) return std::unexpected{*failure_};
        if (fsync(fd_) != 0) return std::unexpected{cannot_write(errno)};
        file_.name = path_.filename().string();
        file_.sha256 = hash_.finish();
        return file_;
    }

private:
    void stop() {
        if (!thread_.joinable()) return;
        {
            const std::scoped_lock lock{mutex_};
            is_stopping_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }

    void run() {
        std::string piece;
        std::unique_lock lock{mutex_};
        while (true) {
            changed_.wait(lock, [this] { return has_piece_ || is_stopping_; });
            if (!has_piece_) return;
            std::swap(piece, piece_);
            lock.unlock();
            auto failure = write_out(piece);
            lock.lock();
            if (failure && !failure_) failure_ = std::move(failure);
            piece.clear();
            std::swap(piece, piece_);  // its memory is used again
            has_piece_ = false;
            changed_.notify_all();
        }
    }

    std::optional<Error> write_out(std::string_view text) {
        hash_.add(text);
        file_.bytes += text.size();
        file_.lines += lines_in(text);
        while (!text.empty()) {
            const auto written = write(fd_, text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return cannot_write(errno);
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return std::nullopt;
    }

    Error cannot_write(int code) const {
        const bool is_full = code == ENOSPC || code == EDQUOT;
        return {ErrorCode::cannot_create,
                "cannot write '" + path_.string() + "': " + message(code) +
                    (is_full ? "; make room or choose another place; nothing was kept"
                             : "; nothing was kept")};
    }

    std::filesystem::path path_;
    int fd_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string piece_;
    bool has_piece_ = false;
    bool is_stopping_ = false;
    std::optional<Error> failure_;  // the first
    journal::Sha256Stream hash_;    // the thread's, as the next
    WrittenFile file_;
    std::thread thread_;  // last: it uses all of the above
};

OutputFile::OutputFile(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {
    text_.reserve(kPieceBytes + (std::size_t{1} << 18));
}

OutputFile::~OutputFile() = default;

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::filesystem::path& path) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd < 0) {
        return fail(ErrorCode::cannot_create,
                    "cannot make '" + path.string() + "': " + message(errno));
    }
    return std::unique_ptr<OutputFile>{new OutputFile{std::make_unique<Impl>(path, fd)}};
}

Result<void> OutputFile::hand_over() {
    return impl_->hand_over(text_);
}

Result<WrittenFile> OutputFile::finish() {
    if (!text_.empty()) {
        if (auto handed = hand_over(); !handed) return std::unexpected{handed.error()};
    }
    return impl_->finish();
}

Result<WrittenFile> read_whole(const std::filesystem::path& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        const bool is_denied = errno == EACCES || errno == EPERM;
        return fail(is_denied ? ErrorCode::no_permission : ErrorCode::not_found,
                    "cannot open '" + path.string() + "': " + message(errno));
    }
    WrittenFile file{path.filename().string(), 0, 0, {}};
    journal::Sha256Stream hash;
    std::string piece(std::size_t{1} << 20, '\0');
    while (true) {
        const auto got = read(fd, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            const int code = errno;
            close(fd);
            if (got == 0) break;
            return fail(ErrorCode::io_failed,
                        "cannot read '" + path.string() + "': " + message(code));
        }
        const auto text = std::string_view{piece}.substr(0, static_cast<std::size_t>(got));
        hash.add(text);
        file.bytes += text.size();
        file.lines += lines_in(text);
    }
    file.sha256 = hash.finish();
    return file;
}

}  // namespace daybook::exports
