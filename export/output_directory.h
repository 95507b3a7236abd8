// OutputDirectory: where an export is written until it is whole. It is built in `<name>.partial`,
// synced, and renamed: under the final name there is a whole export or none.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace daybook::exports {

class OutputDirectory {
public:
    // What an interrupted export left in `<name>.partial` is removed. `cannot_create` when there is
    // something under the final name, unless `must_replace` and it is an export and nothing more,
    // or something else in `<name>.partial`; `try_again` when another process is writing it.
    static Result<OutputDirectory> open(const std::filesystem::path& final_path, bool must_replace);
    // Without `commit` nothing is left.
    ~OutputDirectory();
    OutputDirectory(OutputDirectory&& other) noexcept;
    OutputDirectory& operator=(OutputDirectory&&) = delete;
    OutputDirectory(const OutputDirectory&) = delete;
    OutputDirectory& operator=(const OutputDirectory&) = delete;

    const std::filesystem::path& path() const { return partial_; }
    // A small file, synced.
    Result<void> add(std::string_view name, std::string_view content) const;
    // All files in it must be synced. Syncs the directory and gives it its name, durably. What has
    // come under the name since `open` is judged as there.
    Result<void> commit();

private:
    OutputDirectory(std::filesystem::path final_path, std::filesystem::path partial, int fd,
                    bool must_replace);

    std::filesystem::path final_;
    std::filesystem::path partial_;
    int fd_;  // locked while this lives
    bool must_replace_;
};

}  // namespace daybook::exports
