#include "tests/power_loss/place.h"

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#include <climits>

namespace daybook::power_loss {

namespace {

const std::string& root() {
    static const std::string path = [] {
        const char* stated = std::getenv("DAYBOOK_RECORDED");
        return stated == nullptr ? std::string{"/nothing"} : std::string{stated};
    }();
    return path;
}

}  // namespace

bool is_below(const std::string& path) {
    return path.starts_with(root()) && (path.size() == root().size() || path[root().size()] == '/');
}

std::string target_of(const std::string& link) {
    char path[PATH_MAX];
    const ssize_t length = readlink(link.c_str(), path, sizeof path);
    return length < 0 ? std::string{} : std::string{path, static_cast<std::size_t>(length)};
}

Place place_of(int directory, const char* stated) {
    std::string path = stated;
    if (!path.starts_with('/')) {
        const std::string from = directory == AT_FDCWD
                                     ? target_of("/proc/self/cwd")
                                     : target_of("/proc/self/fd/" + std::to_string(directory));
        path = from + '/' + path;
    }
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    const std::size_t slash = path.rfind('/');
    char parent[PATH_MAX];
    if (realpath(slash == 0 ? "/" : path.substr(0, slash).c_str(), parent) == nullptr) return {};
    return {parent, path.substr(slash + 1)};
}

}  // namespace daybook::power_loss
