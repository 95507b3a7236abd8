#include "journal/directory.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

#include "journal/lmdb_txn.h"

namespace daybook::journal {

namespace {

// LMDB's locks and shared map do not work across hosts, and FUSE may be anything.
// From linux/magic.h; SMB is not in it.
constexpr std::array<std::pair<std::uint32_t, const char*>, 5> kRefusedFileSystems{{
    {0x6969, "NFS"},
    {0x517B, "SMB"},
    {0xFF534D42, "SMB"},
    {0xFE534D42, "SMB"},
    {0x65735546, "FUSE"},
}};

std::filesystem::path tidied(const std::filesystem::path& directory) {
    std::error_code error;
    auto tidy = std::filesystem::absolute(directory, error).lexically_normal();
    if (!tidy.has_filename()) tidy = tidy.parent_path();  // it ended in a slash
    return tidy;
}

}  // namespace

Result<void> check_directory(const std::filesystem::path& directory) {
    const std::string name = directory.string();
    struct stat entry{};
    if (stat(directory.c_str(), &entry) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return fail(ErrorCode::not_found,
                        "there is no journal at " + name + "; create one first");
        }
        return system_error(errno, "cannot look at " + name);
    }
    if (!S_ISDIR(entry.st_mode)) {
        return fail(ErrorCode::not_found, name + " is not a directory; name a journal's directory");
    }
    if (entry.st_uid != geteuid()) {
        return fail(ErrorCode::no_permission, name + " belongs to user " +
                                                  std::to_string(entry.st_uid) +
                                                  "; run as that user or chown it");
    }
    if ((entry.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(ErrorCode::no_permission,
                    name + " is open to other users, who could alter it; chmod 700 " + name);
    }
    struct statfs system{};
    if (statfs(directory.c_str(), &system) != 0)
        return system_error(errno, "cannot statfs " + name);
    for (const auto& [magic, kind] : kRefusedFileSystems) {
        if (static_cast<std::uint32_t>(system.f_type) == magic) {
            return fail(ErrorCode::configuration,
                        name + " is on " + kind + "; move it to a local file system");
        }
    }
    return {};
}

Result<void> sync_directory(const std::filesystem::path& directory) {
    const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return system_error(errno, "cannot open " + directory.string());
    const int code = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    if (code != 0) return system_error(code, "cannot sync " + directory.string());
    return {};
}

Result<void> sync_names(const std::filesystem::path& directory) {
    if (auto synced = sync_directory(directory); !synced) return synced;
    auto synced = sync_directory(tidied(directory).parent_path());
    // Whoever made it for us in a place that is closed to us has to see to that.
    if (!synced && synced.error().code == ErrorCode::no_permission) return {};
    return synced;
}

Result<void> make_directories(const std::filesystem::path& directory) {
    std::error_code error;
    const std::filesystem::path wanted = tidied(directory);
    const bool was_there = std::filesystem::is_directory(wanted, error);
    if (!was_there) {
        if (auto above = make_directories(wanted.parent_path()); !above) return above;
        if (mkdir(wanted.c_str(), 0700) != 0) {
            const int code = errno;
            return fail(
                code == EACCES || code == EPERM ? ErrorCode::no_permission
                                                : ErrorCode::cannot_create,
                "cannot make '" + wanted.string() + "': " + std::generic_category().message(code));
        }
    }
    auto synced = sync_directory(wanted.parent_path());
    // Whoever made it for us in a place that is closed to us has to see to that.
    const bool is_theirs = was_there && !synced && synced.error().code == ErrorCode::no_permission;
    if (is_theirs) return {};
    return synced;
}

}  // namespace daybook::journal
