// NewBook: a data directory with a new journal, built in `<name>.partial`, synced, and renamed:
// under its name there is the whole book or none. For whoever fills it; one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "journal/environment.h"

namespace daybook::journal {

class NewBook {
public:
    // Whether a book can be made there, for who has work to do before: `cannot_create` as below.
    static Result<void> check_place(const std::filesystem::path& data);
    // `cannot_create` unless there is nothing at `data` yet, or an empty directory on which nothing
    // is mounted; `try_again` when another process is building it. What an interrupted one left is
    // removed.
    static Result<std::unique_ptr<NewBook>> create(const std::filesystem::path& data,
                                                   const Id128& book, Stamp stamp,
                                                   const std::optional<Origin>& origin = {});
    // Without `commit` nothing is left.
    ~NewBook();
    NewBook(const NewBook&) = delete;
    NewBook& operator=(const NewBook&) = delete;
    NewBook(NewBook&&) = delete;
    NewBook& operator=(NewBook&&) = delete;

    // Open for writing, until `commit`.
    const std::shared_ptr<Environment>& environment() const { return environment_; }
    // Where it is until then.
    std::filesystem::path journal() const { return building_ / "journal"; }

    // Everything in the journal must be durable, and nobody else hold the environment (checked).
    // Gives it its name, durably.
    Result<void> commit();

private:
    explicit NewBook(std::filesystem::path path);
    Result<void> take_place();
    Result<void> remove_content();
    Result<void> make(const Id128& book, Stamp stamp, const std::optional<Origin>& origin);

    std::filesystem::path final_;
    std::filesystem::path building_;
    int lock_ = -1;         // held until it has its name
    bool is_ours_ = false;  // to be removed
    std::shared_ptr<Environment> environment_;
};

}  // namespace daybook::journal
