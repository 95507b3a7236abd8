// ReportDirectory: a directory of reports that is there whole or not at all. They are written
// beside its place, synced, and moved there by one rename.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace daybook::cli {

class ReportDirectory {
public:
    // `names` are the files it will have. `cannot_create` when the place is taken and `is_forced`
    // is not set, or holds something else than such files; `try_again` when another process writes
    // one there. Nothing stands there yet; what an interrupted run left beside it is removed.
    static Result<ReportDirectory> begin(const std::filesystem::path& place,
                                         std::vector<std::string> names, bool is_forced);
    // Without commit(): nothing has happened.
    ~ReportDirectory();
    ReportDirectory(ReportDirectory&& other) noexcept;
    ReportDirectory& operator=(ReportDirectory&&) = delete;
    ReportDirectory(const ReportDirectory&) = delete;
    ReportDirectory& operator=(const ReportDirectory&) = delete;

    using Sink = std::function<Result<void>(std::string_view)>;
    // Writes one of the files by what `fill` gives to the sink.
    Result<void> write(const std::string& name,
                       const std::function<Result<void>(const Sink&)>& fill);
    // Puts it, with what was written, at its place.
    Result<void> commit();

private:
    ReportDirectory(std::filesystem::path place, std::vector<std::string> names, int lock);

    std::filesystem::path part() const;
    void remove_files(const std::filesystem::path& directory) const;

    std::filesystem::path place_;
    std::vector<std::string> names_;
    int lock_ = -1;  // the directory beside the place, locked; below 0: given away or committed
};

}  // namespace daybook::cli
