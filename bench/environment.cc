#include "bench/environment.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/utsname.h>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <lmdb.h>
#include <zmq.h>

namespace daybook::bench {

namespace {

constexpr double kGigabyte = 1e9;

// What follows the colon on the first line of `file` that starts with `name`.
std::string field_of(const char* file, std::string_view name) {
    std::ifstream lines{file};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(name)) continue;
        const auto start = line.find_first_not_of(" \t", line.find(':') + 1);
        return start == std::string::npos ? std::string{} : line.substr(start);
    }
    return "unknown";
}

// The type of the mount with the longest path that `dir` is under.
std::string file_system_of(const std::filesystem::path& dir) {
    std::error_code ignored;
    const std::string path = std::filesystem::weakly_canonical(dir, ignored).string() + "/";
    std::ifstream mounts{"/proc/self/mounts"};
    std::string device;
    std::string at;
    std::string type;
    std::string rest;
    std::string found = "unknown";
    std::size_t longest = 0;
    while (mounts >> device >> at >> type && std::getline(mounts, rest)) {
        const std::string under = at == "/" ? at : at + "/";
        if (under.size() < longest || !path.starts_with(under)) continue;
        longest = under.size();
        found = type;
    }
    return found;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> describe_environment(
    const std::filesystem::path& dir) {
    utsname system{};
    uname(&system);
    const double memory_kib = std::strtod(field_of("/proc/meminfo", "MemTotal").c_str(), nullptr);
    std::error_code ignored;
    const auto space = std::filesystem::space(dir, ignored);
    std::string load;
    std::getline(std::ifstream{"/proc/loadavg"}, load);
    int zmq[3] = {};
    zmq_version(&zmq[0], &zmq[1], &zmq[2]);
    return {
        {"cpu", fmt::format("{} x {}", std::thread::hardware_concurrency(),
                            field_of("/proc/cpuinfo", "model name"))},
        {"memory", fmt::format("{:.1f} GB", memory_kib * 1024 / kGigabyte)},
        {"kernel", fmt::format("{} {}", system.sysname, system.release)},
        {"disk", fmt::format("{}, {:.0f} GB free", file_system_of(dir),
                             static_cast<double>(space.available) / kGigabyte)},
        {"libraries", fmt::format("LMDB {}.{}.{}, ZeroMQ {}.{}.{}", MDB_VERSION_MAJOR,
                                  MDB_VERSION_MINOR, MDB_VERSION_PATCH, zmq[0], zmq[1], zmq[2])},
        {"compiler", __VERSION__},
        {"load_before", load.substr(0, load.find(' '))},
    };
}

Result<void> check_room(const std::filesystem::path& dir, double bytes) {
    constexpr double kKeptFree = 2e9;
    std::error_code problem;
    const auto space = std::filesystem::space(dir, problem);
    if (problem) {
        return fail(ErrorCode::cannot_create, "cannot look at '" + dir.string() + "': " +
                                                  problem.message() + "; name another with --dir");
    }
    if (static_cast<double>(space.available) >= bytes + kKeptFree) return {};
    return fail(ErrorCode::cannot_create,
                fmt::format("no room in '{}': this writes about {:.1f} GB and leaves {:.0f} GB "
                            "free, but only {:.1f} GB are; measure less, or name another disk with "
                            "--dir",
                            dir.string(), bytes / kGigabyte, kKeptFree / kGigabyte,
                            static_cast<double>(space.available) / kGigabyte));
}

}  // namespace daybook::bench
