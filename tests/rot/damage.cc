#include "tests/rot/damage.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"

namespace daybook::rot {

namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kLastPageAt = 136;  // in a meta page
constexpr std::size_t kTxnAt = 144;

std::uint64_t word(const std::vector<std::byte>& bytes, std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

std::size_t used_bytes(const std::vector<std::byte>& bytes) {
    const std::size_t meta =
        word(bytes, kTxnAt) > word(bytes, kPageBytes + kTxnAt) ? 0 : kPageBytes;
    return (word(bytes, meta + kLastPageAt) + 1) * kPageBytes;
}

class OpenFile {
public:
    explicit OpenFile(const std::filesystem::path& path)
        : fd_{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)} {
        CHECK_INVARIANT(fd_ >= 0, "the file to damage can be opened");
    }
    ~OpenFile() { close(fd_); }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    OpenFile(OpenFile&&) = delete;
    OpenFile& operator=(OpenFile&&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

}  // namespace

std::optional<File> File::open(const std::filesystem::path& path, bool is_lmdb) {
    std::ifstream stream{path, std::ios::binary};
    if (!stream) return std::nullopt;
    File file;
    file.path_ = path;
    std::error_code ignored;
    file.length_ = std::filesystem::file_size(path, ignored);
    // Little of it stays in memory: a process that forks copies all of its pages' tables.
    std::size_t used = file.length_;
    if (is_lmdb) {
        std::vector<std::byte> meta(2 * kPageBytes);
        stream.read(reinterpret_cast<char*>(meta.data()),
                    static_cast<std::streamsize>(meta.size()));
        used = std::min(used, used_bytes(meta));
    } else {
        file.piece_bytes_ = 512;
    }
    file.content_.resize(used);
    stream.seekg(0);
    stream.read(reinterpret_cast<char*>(file.content_.data()), static_cast<std::streamsize>(used));
    return file;
}

void File::write(std::size_t at, const std::byte* bytes, std::size_t size) {
    const OpenFile file{path_};
    const auto written = pwrite(file.get(), bytes, size, static_cast<off_t>(at));
    CHECK_INVARIANT(written == static_cast<ssize_t>(size), "the file to damage can be written");
}

void File::cut(std::size_t length) {
    const OpenFile file{path_};
    CHECK_INVARIANT(ftruncate(file.get(), static_cast<off_t>(length)) == 0, "it can be truncated");
}

void File::mend() {
    write(0, content_.data(), content_.size());
    cut(length_);
}

std::string Vandal::flip_bit(std::size_t bit) {
    std::byte changed = file_.content()[bit / 8] ^ (std::byte{1} << (bit % 8));
    file_.write(bit / 8, &changed, 1);
    return "bit " + std::to_string(bit % 8) + " of byte " + std::to_string(bit / 8) + " flipped";
}

std::string Vandal::zero_piece() {
    const std::size_t at = some_piece() * file_.piece_bytes();
    const std::size_t size = std::min(file_.piece_bytes(), file_.content().size() - at);
    const std::vector<std::byte> zeros(size);
    file_.write(at, zeros.data(), size);
    return std::to_string(size) + " bytes at " + std::to_string(at) + " zeroed";
}

std::string Vandal::swap_pieces(bool only_copies) {
    const std::size_t whole = file_.content().size() / file_.piece_bytes();
    if (whole < 2) return zero_piece();
    const std::size_t from = random_.below(whole) * file_.piece_bytes();
    const std::size_t to = random_.below(whole) * file_.piece_bytes();
    file_.write(to, file_.content().data() + from, file_.piece_bytes());
    if (!only_copies) file_.write(from, file_.content().data() + to, file_.piece_bytes());
    return "piece at " + std::to_string(from) + (only_copies ? " copied to " : " swapped with ") +
           std::to_string(to);
}

std::string Vandal::bring_back() {
    const std::size_t whole = std::min(stale_.size(), file_.content().size()) / file_.piece_bytes();
    if (whole == 0) return zero_piece();
    const std::size_t at = random_.below(whole) * file_.piece_bytes();
    file_.write(at, stale_.data() + at, file_.piece_bytes());
    return "an earlier write at " + std::to_string(at) + " is back";
}

std::string Vandal::truncate() {
    const std::size_t length = some_piece() * file_.piece_bytes();
    file_.cut(length);
    return "cut to " + std::to_string(length) + " bytes";
}

std::string Vandal::do_anything() {
    switch (random_.below(20)) {
        case 0:
            return zero_piece();
        case 1:
            return swap_pieces(true);
        case 2:
            return swap_pieces(false);
        case 3:
            return bring_back();
        case 4:
            return truncate();
        default:
            return flip_bit(((random_.next() >> 16) % file_.content().size()) * 8 +
                            random_.below(8));
    }
}

}  // namespace daybook::rot
