#include "journal/segment_writer.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>
#include <zstd.h>

#include <xxhash.h>

#include "base/check.h"
#include "journal/directory.h"
#include "journal/sha256.h"
#include "journal/sha256_stream.h"

namespace daybook::journal {

namespace {

namespace fs = std::filesystem;

// Records are mostly repetition: higher levels take many times as long for a few percent.
constexpr int kLevel = 1;
constexpr std::uint64_t kWriteBackBytes = std::uint64_t{4} << 20;

struct ContextFreer {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

std::unexpected<Error> cannot_write(const fs::path& path, int code) {
    const bool is_full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    return fail(ErrorCode::cannot_create,
                "cannot write '" + path.string() + "': " + std::generic_category().message(code) +
                    (is_full ? "; make room or choose another place; nothing of it was kept"
                             : "; nothing of it was kept"));
}

template <typename T>
Bytes bytes_of(const T& value) {
    return std::as_bytes(std::span{&value, 1});
}

}  // namespace

class SegmentWriter::Impl {
public:
    explicit Impl(fs::path path) : final_{std::move(path)}, partial_{final_} {
        partial_ += ".partial";
    }
    ~Impl() {
        if (fd_ >= 0) close(fd_);
        if (!is_finished_) unlink(partial_.c_str());
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    Impl(Impl&&) = delete;
    Impl& operator=(Impl&&) = delete;

    Result<void> open() {
        struct stat there{};
        if (lstat(final_.c_str(), &there) == 0) return cannot_write(final_, EEXIST);
        if (unlink(partial_.c_str()) != 0 && errno != ENOENT) return cannot_write(partial_, errno);
        fd_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd_ < 0) return cannot_write(partial_, errno);
        // The umask may have taken some of the owner's.
        if (fchmod(fd_, 0600) != 0) return cannot_write(partial_, errno);
        if (context_ == nullptr) return cannot_write(partial_, ENOMEM);
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
        return {};
    }

    Result<void> add(const BlockView& block) {
        const BlockInfo& info = block.info();
        if (trailer_.block_bytes == 0) {
            if (auto begun = begin(info); !begun) return begun;
        } else if (!continues(info)) {
            return fail(ErrorCode::damaged, "block " + std::to_string(info.number) + ", at Seq " +
                                                std::to_string(info.first_seq.value()) +
                                                ", does not continue the one before it");
        }
        const Bytes stored = block.stored();
        // A block is never cut, and a small one in front is not unpacked with a large one.
        if (!waiting_.empty() && waiting_.size() + stored.size() > 2 * kChunkBytes) {
            if (auto written = write_chunk(); !written) return written;
        }
        if (waiting_.empty()) {
            entry_ = {.first_block = info.number, .first_seq = info.first_seq.value()};
        }
        waiting_.insert(waiting_.end(), stored.begin(), stored.end());
        trailer_.block_bytes += stored.size();
        trailer_.last_block = info.number;
        trailer_.last_seq = info.last_seq().value();
        trailer_.last_stamp_ns = info.stamp.nanoseconds();
        trailer_.last_hash = info.hash;
        return waiting_.size() < kChunkBytes ? Result<void>{} : write_chunk();
    }

    std::uint64_t block_bytes() const { return trailer_.block_bytes; }

    Result<SegmentInfo> finish() {
        CHECK_INVARIANT(trailer_.block_bytes != 0, "a segment holds a block");
        if (!waiting_.empty()) {
            if (auto written = write_chunk(); !written) return std::unexpected{written.error()};
        }
        const Bytes index = std::as_bytes(std::span{index_});
        trailer_.trailer_bytes = sizeof trailer_;
        trailer_.chunk_count = index_.size();
        trailer_.index_offset = written_;
        trailer_.index_checksum = XXH3_64bits(index.data(), index.size());
        if (auto written = write(index); !written) return std::unexpected{written.error()};
        trailer_.content = content_.finish();
        trailer_.hash =
            hash_of(HashDomain::segment, bytes_of(trailer_).first(offsetof(SegmentTrailer, hash)));
        if (auto written = write(bytes_of(trailer_)); !written) {
            return std::unexpected{written.error()};
        }
        if (auto kept = keep(); !kept) return std::unexpected{kept.error()};
        return info_of(trailer_, written_);
    }

private:
    Result<void> begin(const BlockInfo& info) {
        trailer_.book = info.book;
        trailer_.first_block = info.number;
        trailer_.first_seq = info.first_seq.value();
        trailer_.first_stamp_ns = info.stamp.nanoseconds();
        trailer_.previous = info.previous;
        SegmentHeader header;
        header.header_bytes = sizeof header;
        header.book = info.book;
        return write(bytes_of(header));
    }

    bool continues(const BlockInfo& info) const {
        return info.book == trailer_.book && info.number == trailer_.last_block + 1 &&
               info.first_seq.value() == trailer_.last_seq + 1 &&
               info.previous == trailer_.last_hash &&
               info.stamp.nanoseconds() >= trailer_.last_stamp_ns;
    }

    Result<void> write_chunk() {
        frame_.resize(ZSTD_compressBound(waiting_.size()));
        const auto size = ZSTD_compress2(context_.get(), frame_.data(), frame_.size(),
                                         waiting_.data(), waiting_.size());
        if (ZSTD_isError(size) != 0) return cannot_write(partial_, ENOMEM);
        entry_.offset = written_;
        entry_.stored_bytes = size;
        entry_.block_bytes = waiting_.size();
        entry_.checksum = XXH3_64bits_withSeed(frame_.data(), size, index_.size());
        index_.push_back(entry_);
        waiting_.clear();
        return write(Bytes{frame_}.first(size));
    }

    Result<void> write(Bytes bytes) {
        content_.add(bytes);
        written_ += bytes.size();
        while (!bytes.empty()) {
            const auto done = ::write(fd_, bytes.data(), bytes.size());
            if (done < 0 && errno == EINTR) continue;
            if (done < 0) return cannot_write(partial_, errno);
            bytes = bytes.subspan(static_cast<std::size_t>(done));
        }
        begin_writing_back();
        return {};
    }

    // A little at a time: a server's commits on the same disk would wait behind one large sync.
    void begin_writing_back() {
        if (written_ - written_back_ < kWriteBackBytes) return;
        (void)sync_file_range(fd_, static_cast<off_t>(written_back_),
                              static_cast<off_t>(written_ - written_back_), SYNC_FILE_RANGE_WRITE);
        written_back_ = written_;
    }

    // From here on it has its name, durably.
    Result<void> keep() {
        if (fsync(fd_) != 0) return cannot_write(partial_, errno);
        (void)posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED);  // reading it back is all it is for
        if (std::rename(partial_.c_str(), final_.c_str()) != 0) return cannot_write(final_, errno);
        is_finished_ = true;
        return sync_directory(final_.has_parent_path() ? final_.parent_path() : ".");
    }

    fs::path final_;
    fs::path partial_;
    int fd_ = -1;
    bool is_finished_ = false;
    std::unique_ptr<ZSTD_CCtx, ContextFreer> context_{ZSTD_createCCtx()};
    Sha256Stream content_;
    SegmentTrailer trailer_;
    std::uint64_t written_ = 0;
    std::uint64_t written_back_ = 0;  // has been asked for
    std::vector<std::byte> waiting_;  // the blocks of the next chunk
    std::vector<std::byte> frame_;
    ChunkEntry entry_;  // of the next chunk
    std::vector<ChunkEntry> index_;
};

SegmentWriter::SegmentWriter(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}

SegmentWriter::~SegmentWriter() = default;

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(const fs::path& path) {
    auto impl = std::make_unique<Impl>(path);
    if (auto opened = impl->open(); !opened) return std::unexpected{opened.error()};
    return std::unique_ptr<SegmentWriter>{new SegmentWriter{std::move(impl)}};
}

Result<void> SegmentWriter::add(const BlockView& block) {
    return impl_->add(block);
}

std::uint64_t SegmentWriter::block_bytes() const {
    return impl_->block_bytes();
}

Result<SegmentInfo> SegmentWriter::finish() {
    return impl_->finish();
}

}  // namespace daybook::journal
