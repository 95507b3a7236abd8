#include "cli/key_check.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace daybook::cli {

namespace {

std::unexpected<Error> cannot(const char* doing, const std::filesystem::path& directory,
                              int problem) {
    return fail(ErrorCode::cannot_create,
                std::string{"cannot "} + doing + " the temporary file of keys in " +
                    directory.string() + ": " + std::generic_category().message(problem) +
                    "; it takes 16 bytes a record, set TMPDIR to a directory with room");
}

// Nobody else sees it, and it goes when it is closed, however the process ends.
int open_without_name(const std::filesystem::path& directory) {
    const int fd = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return fd;
    std::string pattern = (directory / "daybook_verify_XXXXXX").string();
    const int named = mkostemp(pattern.data(), O_CLOEXEC);
    if (named >= 0) unlink(pattern.c_str());
    return named;
}

}  // namespace

KeyCheck::KeyCheck(std::filesystem::path directory) : directory_{std::move(directory)} {}

KeyCheck::~KeyCheck() {
    if (file_ >= 0) close(file_);
}

Result<void> KeyCheck::add(const Id128& key, ProducerId producer, Seq seq) {
    const std::uint64_t hash = hash_(key, producer);
    Part& part = parts_[hash >> 56];
    if (part.items.size() == kPieceItems) {
        if (auto spilled = spill(part); !spilled) return spilled;
    }
    part.items.push_back({hash, seq.value()});
    return {};
}

Result<void> KeyCheck::open_file() {
    if (directory_.empty()) {
        std::error_code none;
        directory_ = std::filesystem::temp_directory_path(none);
        if (none) return cannot("open", "TMPDIR", none.value());
    }
    file_ = open_without_name(directory_);
    if (file_ < 0) return cannot("open", directory_, errno);
    return {};
}

Result<void> KeyCheck::spill(Part& part) {
    if (file_ < 0) {
        if (auto opened = open_file(); !opened) return opened;
    }
    part.offsets.push_back(file_bytes_);
    Bytes rest = std::as_bytes(std::span{part.items});
    while (!rest.empty()) {
        const auto written =
            pwrite(file_, rest.data(), rest.size(), static_cast<off_t>(file_bytes_));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return cannot("write", directory_, written < 0 ? errno : ENOSPC);
        file_bytes_ += static_cast<std::uint64_t>(written);
        rest = rest.subspan(static_cast<std::size_t>(written));
    }
    part.items.clear();
    return {};
}

Result<std::vector<KeyCheck::Item>> KeyCheck::load(const Part& part) const {
    std::vector<Item> items(part.offsets.size() * kPieceItems);
    auto room = std::as_writable_bytes(std::span{items});
    for (const std::uint64_t offset : part.offsets) {
        auto piece = room.first(kPieceItems * sizeof(Item));
        room = room.subspan(piece.size());
        auto from = static_cast<off_t>(offset);
        while (!piece.empty()) {
            const auto got = pread(file_, piece.data(), piece.size(), from);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return cannot("read", directory_, got < 0 ? errno : EIO);
            piece = piece.subspan(static_cast<std::size_t>(got));
            from += got;
        }
    }
    items.insert(items.end(), part.items.begin(), part.items.end());
    return items;
}

Result<void> KeyCheck::look(const std::vector<Item>& items, Seq until, const AreSame& are_same,
                            std::optional<Twice>& earliest) {
    for (std::size_t begin = 0, end = 1; begin < items.size(); begin = end++) {
        while (end < items.size() && items[end].hash == items[begin].hash)
            ++end;
        for (std::size_t second = begin + 1; second < end; ++second) {
            const Seq again{items[second].seq};
            if (again > until || (earliest && again >= earliest->again)) break;
            for (std::size_t first = begin; first < second; ++first) {
                const auto same = are_same(Seq{items[first].seq}, again);
                if (!same) return std::unexpected{same.error()};
                if (*same) {
                    earliest = Twice{Seq{items[first].seq}, again};
                    break;
                }
            }
        }
    }
    return {};
}

Result<std::optional<KeyCheck::Twice>> KeyCheck::first_twice(Seq until,
                                                             const AreSame& are_same) const {
    std::optional<Twice> earliest;
    for (const Part& part : parts_) {
        auto items = load(part);
        if (!items) return std::unexpected{items.error()};
        // What has one hash stays in the order of the Seqs.
        std::ranges::sort(*items, [](const Item& left, const Item& right) {
            return std::pair{left.hash, left.seq} < std::pair{right.hash, right.seq};
        });
        if (auto done = look(*items, until, are_same, earliest); !done) {
            return std::unexpected{done.error()};
        }
    }
    return earliest;
}

}  // namespace daybook::cli
