// Disk: files and directories as they are for certain, and what was asked of them since. A cut
// shows one of the many states that may be found after the power has gone. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "tests/power_loss/recording.h"

namespace daybook::power_loss {

struct Step {
    Entry entry;
    std::string name;
    Bytes bytes;  // within the recording
};

// The entries of a recording that stays in memory meanwhile.
std::vector<Step> steps_of(Bytes recording);

// How much of what was asked survives a cut.
struct Luck {
    double sectors = 0;     // the share of written sectors that reached the disk
    double names = 0;       // the share of changed names
    bool in_order = false;  // names survive in the order they were changed in, up to some point
    double garbage = 0;     // the share of lost sectors that hold anything instead
};

class Disk {
public:
    // `place` must be an empty directory; `root` the inode of the recorded directory.
    Disk(std::filesystem::path place, std::uint64_t root);
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    void apply(const Step& step);
    // Something has been asked for that is not certain.
    bool is_uncertain() const;

    // Shows in tree() what is left after a cut, calls `look`, and takes the state back.
    void cut(const Luck& luck, std::mt19937_64& chance, const std::function<void()>& look);
    std::filesystem::path tree() const { return place_ / "tree"; }
    // While a cut is shown: equal for equal names and bytes of all whose path begins with `start`.
    std::uint64_t signature(std::string_view start) const;

private:
    struct Object {
        bool is_directory = false;
        int fd = -1;                                 // of a file
        std::uint64_t synced = 0;                    // how often it was
        std::uint64_t luck = 0;                      // which part of `pending` a cut left
        std::vector<Step> pending;                   // writes and resizes
        std::map<std::string, std::uint64_t> names;  // of a directory
        std::vector<Step> changes;                   // of its names
    };
    using Names = std::map<std::string, std::uint64_t>;
    struct Undo {
        int fd;
        std::uint64_t at;
        std::vector<std::byte> bytes;  // none: the size was `at`
    };

    void make(const Step& step);
    static void change(Names& names, const Step& step);
    void write(int fd, std::uint64_t at, Bytes bytes, std::vector<Undo>* undo);
    void resize(int fd, std::uint64_t size, std::vector<Undo>* undo);
    void lose(Object& file, const Luck& luck, std::mt19937_64& chance, std::vector<Undo>& undo);
    Names names_after(const Object& directory, const Luck& luck, std::mt19937_64& chance) const;
    void list(std::uint64_t directory, const std::string& path, const Luck& luck,
              std::mt19937_64& chance, Names& tree) const;
    void show(const Names& tree);

    std::filesystem::path place_;
    std::uint64_t root_;
    std::map<std::uint64_t, std::uint64_t> newest_;  // inode number: which object it is now
    std::vector<std::unique_ptr<Object>> objects_;
    Names shown_;
};

}  // namespace daybook::power_loss
