#include "state/file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <xxhash.h>

#include "base/check.h"

namespace daybook::state {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

ErrorCode kind_of(int code) {
    switch (code) {
        case ENOENT:
            return ErrorCode::not_found;
        case EACCES:
        case EPERM:
        case EROFS:
            return ErrorCode::no_permission;
        default:
            return ErrorCode::io_failed;
    }
}

}  // namespace

std::uint64_t checksum_of(Bytes bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

std::unexpected<Error> File::system_error(int code, const char* doing) const {
    const bool is_full = code == ENOSPC || code == EDQUOT;
    return fail(kind_of(code), std::string{doing} + " " + path_.string() + ": " +
                                   std::generic_category().message(code) +
                                   (is_full ? "; free some space, then restart" : ""));
}

Result<File> File::create(const std::filesystem::path& path) {
    File file{path, ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (file.fd_ < 0) return file.system_error(errno, "cannot make");
    return file;
}

Result<File> File::open(const std::filesystem::path& path) {
    File file{path, ::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.fd_ < 0) return file.system_error(errno, "cannot open");
    return file;
}

File::~File() {
    if (fd_ >= 0) close(fd_);
}

File::File(File&& other) noexcept
    : path_{std::move(other.path_)}, fd_{std::exchange(other.fd_, -1)} {}

File& File::operator=(File&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(fd_, other.fd_);
    return *this;
}

Result<std::uint64_t> File::size() const {
    struct stat file{};
    if (fstat(fd_, &file) != 0) return system_error(errno, "cannot stat");
    return static_cast<std::uint64_t>(file.st_size);
}

Result<void> File::read(std::uint64_t offset, std::span<std::byte> into) const {
    while (!into.empty()) {
        const auto count = pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(errno, "cannot read");
        if (count == 0) return fail(ErrorCode::damaged, path_.string() + " is cut short");
        into = into.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<void> File::write(std::uint64_t offset, Bytes bytes) {
    while (!bytes.empty()) {
        const auto count = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(errno, "cannot write");
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

void File::write_out(std::uint64_t offset, std::uint64_t size) {
    // Only a hint: `sync` says what became of it.
    (void)sync_file_range(fd_, static_cast<off64_t>(offset), static_cast<off64_t>(size),
                          SYNC_FILE_RANGE_WRITE);
}

Result<void> File::sync() {
    if (fdatasync(fd_) != 0) return system_error(errno, "cannot sync");
    return {};
}

void Checksum::Freer::operator()(XXH3_state_s* state) const {
    XXH3_freeState(state);
}

Checksum::Checksum() : state_{XXH3_createState()} {
    CHECK_INVARIANT(state_ != nullptr, "there is memory for a checksum");
    XXH3_64bits_reset(state_.get());
}

void Checksum::add(Bytes bytes) {
    XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
}

std::uint64_t Checksum::value() const {
    return XXH3_64bits_digest(state_.get());
}

SectionWriter::SectionWriter(File& file, std::uint64_t offset) : file_{&file}, offset_{offset} {
    buffer_.reserve(kBufferBytes);
}

Result<void> SectionWriter::append(Bytes bytes) {
    if (buffer_.size() + bytes.size() > kBufferBytes) {
        if (auto done = flush(); !done) return done;
    }
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return {};
}

Result<void> SectionWriter::pad() {
    constexpr std::array<std::byte, 8> kZeros{};
    const std::size_t size = static_cast<std::size_t>(-size_t{this->size()} & 7);
    return append(Bytes{kZeros}.first(size));
}

Result<void> SectionWriter::flush() {
    checksum_.add(buffer_);
    if (auto done = file_->write(offset_ + written_, buffer_); !done) return done;
    file_->write_out(offset_ + written_, buffer_.size());
    written_ += buffer_.size();
    buffer_.clear();
    return {};
}

SectionReader::SectionReader(const File& file, std::uint64_t offset, std::uint64_t size)
    : file_{&file}, offset_{offset}, left_{size} {}

Result<Bytes> SectionReader::read(std::size_t size) {
    if (buffer_.size() - next_ < size) {
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(next_));
        next_ = 0;
        const std::size_t kept = buffer_.size();
        CHECK_INVARIANT(size <= kBufferBytes, "a section is read in pieces that fit its buffer");
        const auto more =
            static_cast<std::size_t>(std::min<std::uint64_t>(left_, 2 * kBufferBytes - kept));
        buffer_.resize(kept + more);
        const auto fresh = std::span{buffer_}.subspan(kept);
        if (auto done = file_->read(offset_, fresh); !done) return std::unexpected{done.error()};
        checksum_.add(fresh);
        offset_ += more;
        left_ -= more;
        if (buffer_.size() < size) {
            return fail(ErrorCode::damaged, file_->path().string() + " is cut short");
        }
    }
    const Bytes bytes = Bytes{buffer_}.subspan(next_, size);
    next_ += size;
    return bytes;
}

}  // namespace daybook::state
