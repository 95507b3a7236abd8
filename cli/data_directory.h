// The data directory: which data sets are in it, made when it is new, refused when it is not ours.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "journal/environment.h"
#include "projector/balances.h"

namespace daybook::cli {

class Subcommand;

class DataDirectory {
public:
    explicit DataDirectory(std::filesystem::path path) : path_{std::move(path)} {}

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path journal() const { return path_ / "journal"; }
    std::filesystem::path state() const { return path_ / "state"; }
    std::filesystem::path projection() const { return path_ / "projection"; }

    // Makes the directory and a new book in it when it does not exist or is empty. `damaged` when
    // it holds something that is not ours.
    Result<void> create_if_new() const;

    // `not_found` when there is no journal in it.
    Result<std::shared_ptr<journal::Environment>> open_journal(journal::Access access) const;

    // `damaged` when the projection is not of the journal beside it. Who may not open the journal
    // cannot tell and reads what is there, as does who has the projection alone.
    Result<std::unique_ptr<projector::Balances>> open_projection() const;
    // For who has the journal open: no process opens it twice.
    Result<std::unique_ptr<projector::Balances>> open_projection(
        const std::shared_ptr<journal::Environment>& opened) const;

private:
    std::filesystem::path path_;
};

// Of sixteen random bytes.
Id128 new_book_id();

// Adds `--data DIR` (environment DAYBOOK_DATA, default daybook-data).
void add_data_option(Subcommand& command, std::string& data);
// Adds `--connect ENDPOINT` (environment DAYBOOK_CONNECT).
void add_connect_option(Subcommand& command, std::string& endpoint);

}  // namespace daybook::cli
