#include "tests/power_loss/disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace daybook::power_loss {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kSectorBytes = 512;

bool happens(double share, std::mt19937_64& chance) {
    return std::uniform_real_distribution<>{}(chance) < share;
}

// Of equal sequences, from the same start, the same value.
std::uint64_t mix(std::uint64_t before, std::uint64_t value) {
    std::uint64_t mixed = (before ^ value) * 0x9E3779B97F4A7C15;
    mixed ^= mixed >> 29;
    return mixed * 0xBF58476D1CE4E5B9 + 1;
}

std::uint64_t mix(std::uint64_t before, std::string_view text) {
    return mix(before, std::hash<std::string_view>{}(text));
}

// What the explorer itself needs of the machine.
void must(bool is_so, const char* what) {
    if (!is_so) throw std::runtime_error{std::string{what} + ": " + std::strerror(errno)};
}

}  // namespace

std::vector<Step> steps_of(Bytes recording) {
    std::vector<Step> steps;
    std::size_t at = 0;
    while (at < recording.size()) {
        Step step{};
        must(recording.size() - at >= sizeof step.entry, "the recording ends early");
        std::memcpy(&step.entry, recording.data() + at, sizeof step.entry);
        at += sizeof step.entry;
        must(recording.size() - at >= step.entry.name_bytes + step.entry.size,
             "the recording ends early");
        step.name.assign(reinterpret_cast<const char*>(recording.data()) + at,
                         step.entry.name_bytes);
        at += step.entry.name_bytes;
        step.bytes = recording.subspan(at, step.entry.size);
        at += step.entry.size;
        steps.push_back(std::move(step));
    }
    return steps;
}

Disk::Disk(fs::path place, std::uint64_t root) : place_{std::move(place)}, root_{0} {
    fs::create_directories(place_ / "objects");
    fs::create_directories(tree());
    objects_.push_back(std::make_unique<Object>());
    objects_.back()->is_directory = true;
    newest_[root] = root_;
}

Disk::~Disk() {
    for (const auto& object : objects_)
        if (object->fd >= 0) close(object->fd);
}

void Disk::make(const Step& step) {
    auto made = std::make_unique<Object>();
    made->is_directory = step.entry.kind == Kind::make_directory;
    const std::uint64_t id = objects_.size();
    if (!made->is_directory) {
        const fs::path path = place_ / "objects" / std::to_string(id);
        made->fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        must(made->fd >= 0, "cannot make a file");
    }
    objects_.push_back(std::move(made));
    newest_[step.entry.object] = id;
}

void Disk::change(Names& names, const Step& step) {
    if (step.entry.kind == Kind::remove) {
        names.erase(step.name);
    } else {
        names[step.name] = step.entry.object;
    }
}

void Disk::write(int fd, std::uint64_t at, Bytes bytes, std::vector<Undo>* undo) {
    if (undo != nullptr) {
        std::vector<std::byte> before(bytes.size());
        const ssize_t had = pread(fd, before.data(), before.size(), static_cast<off_t>(at));
        must(had >= 0, "cannot read");
        undo->push_back({fd, at, std::move(before)});
    }
    const ssize_t written = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    must(written == static_cast<ssize_t>(bytes.size()), "cannot write");
}

void Disk::resize(int fd, std::uint64_t size, std::vector<Undo>* undo) {
    struct stat status{};
    must(fstat(fd, &status) == 0, "cannot stat");
    const auto before = static_cast<std::uint64_t>(status.st_size);
    if (undo != nullptr) {
        if (size < before) {
            std::vector<std::byte> tail(before - size);
            const ssize_t had = pread(fd, tail.data(), tail.size(), static_cast<off_t>(size));
            must(had == static_cast<ssize_t>(tail.size()), "cannot read");
            undo->push_back({fd, size, std::move(tail)});
        } else {
            undo->push_back({fd, before, {}});
        }
    }
    must(ftruncate(fd, static_cast<off_t>(size)) == 0, "cannot resize");
}

void Disk::apply(const Step& step) {
    const Entry& entry = step.entry;
    switch (entry.kind) {
        case Kind::make_file:
        case Kind::make_directory:
            make(step);
            [[fallthrough]];
        case Kind::remove:
        case Kind::rename: {
            Step change = step;
            // From now on by what the object is, as inode numbers are used again.
            if (entry.kind != Kind::remove) change.entry.object = newest_.at(entry.object);
            objects_[newest_.at(entry.parent)]->changes.push_back(std::move(change));
            break;
        }
        case Kind::write:
        case Kind::resize:
            objects_[newest_.at(entry.object)]->pending.push_back(step);
            break;
        case Kind::sync: {
            Object& object = *objects_[newest_.at(entry.object)];
            for (const Step& change_made : object.changes)
                change(object.names, change_made);
            object.changes.clear();
            for (const Step& asked : object.pending) {
                if (asked.entry.kind == Kind::write) {
                    write(object.fd, asked.entry.at, asked.bytes, nullptr);
                } else {
                    resize(object.fd, asked.entry.at, nullptr);
                }
            }
            object.pending.clear();
            object.luck = 0;
            ++object.synced;
            break;
        }
        case Kind::sync_range: {
            Object& object = *objects_[newest_.at(entry.object)];
            write(object.fd, object.pending.back().entry.at, object.pending.back().bytes, nullptr);
            object.pending.pop_back();
            ++object.synced;
            break;
        }
        case Kind::answer:
            break;
    }
}

bool Disk::is_uncertain() const {
    return std::ranges::any_of(objects_, [](const auto& object) {
        return !object->pending.empty() || !object->changes.empty();
    });
}

// Sectors reach the disk in any order, or not; a size is there or not.
void Disk::lose(Object& file, const Luck& luck, std::mt19937_64& chance, std::vector<Undo>& undo) {
    file.luck = 0;
    for (const Step& asked : file.pending) {
        if (asked.entry.kind == Kind::resize) {
            const bool survives = happens(luck.sectors, chance);
            file.luck = mix(file.luck, survives ? 1 : 0);
            if (survives) resize(file.fd, asked.entry.at, &undo);
            continue;
        }
        struct stat status{};
        must(fstat(file.fd, &status) == 0, "cannot stat");
        undo.push_back({file.fd, static_cast<std::uint64_t>(status.st_size), {}});
        std::size_t done = 0;
        while (done < asked.bytes.size()) {
            const std::uint64_t at = asked.entry.at + done;
            const std::size_t step =
                std::min<std::size_t>(kSectorBytes - at % kSectorBytes, asked.bytes.size() - done);
            std::uint64_t left = 0;
            if (happens(luck.sectors, chance)) {
                left = 1;
                write(file.fd, at, asked.bytes.subspan(done, step), &undo);
            } else if (asked.entry.parent == 0 && happens(luck.garbage, chance)) {
                std::mt19937_64 garbage{left = chance()};
                std::vector<std::byte> anything(step);
                std::ranges::generate(anything, [&] { return static_cast<std::byte>(garbage()); });
                write(file.fd, at, anything, &undo);
            }
            file.luck = mix(file.luck, left);
            done += step;
        }
    }
}

Disk::Names Disk::names_after(const Object& directory, const Luck& luck,
                              std::mt19937_64& chance) const {
    Names names = directory.names;
    for (const Step& step : directory.changes) {
        const bool survives = happens(luck.names, chance);
        if (survives) change(names, step);
        if (!survives && luck.in_order) break;
    }
    return names;
}

void Disk::list(std::uint64_t directory, const std::string& path, const Luck& luck,
                std::mt19937_64& chance, Names& tree) const {
    for (const auto& [name, object] : names_after(*objects_[directory], luck, chance)) {
        tree[path + name] = object;
        if (objects_[object]->is_directory) list(object, path + name + '/', luck, chance, tree);
    }
}

void Disk::show(const Names& names) {
    if (names == shown_) return;
    fs::remove_all(tree());
    fs::create_directory(tree());
    for (const auto& [name, object] : names) {
        const fs::path path = tree() / name;
        if (objects_[object]->is_directory) {
            must(mkdir(path.c_str(), 0700) == 0, "cannot make a directory");
        } else {
            fs::create_hard_link(place_ / "objects" / std::to_string(object), path);
        }
    }
    shown_ = names;
}

std::uint64_t Disk::signature(std::string_view start) const {
    std::uint64_t all = 0;
    for (auto next = shown_.lower_bound(std::string{start}); next != shown_.end(); ++next) {
        const auto& [name, id] = *next;
        if (!name.starts_with(start)) break;
        const Object& object = *objects_[id];
        all = mix(mix(mix(mix(all, name), id), object.synced), object.luck);
    }
    return all;
}

void Disk::cut(const Luck& luck, std::mt19937_64& chance, const std::function<void()>& look) {
    std::vector<Undo> undo;
    for (const auto& object : objects_)
        if (!object->pending.empty()) lose(*object, luck, chance, undo);
    Names names;
    list(root_, "", luck, chance, names);
    show(names);
    look();
    for (auto step = undo.rbegin(); step != undo.rend(); ++step) {
        if (step->bytes.empty()) {
            resize(step->fd, step->at, nullptr);
        } else {
            write(step->fd, step->at, step->bytes, nullptr);
        }
    }
}

}  // namespace daybook::power_loss
