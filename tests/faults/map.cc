// Preloaded into a server: LMDB's maps have $DAYBOOK_FAULT_MAP bytes, whatever they are asked to
// have, so that one becomes full. The first look at each is answered with what was asked for, as
// whoever opened it expects.
#include <cstddef>
#include <cstdlib>
#include <dlfcn.h>
#include <map>
#include <mutex>

#include <lmdb.h>

namespace {

struct Asked {
    std::mutex mutex;
    std::map<MDB_env*, std::size_t> sizes;
};

Asked& asked() {
    static Asked sizes;
    return sizes;
}

}  // namespace

extern "C" {

int mdb_env_set_mapsize(MDB_env* env, std::size_t size) {
    static auto* const really =
        reinterpret_cast<int (*)(MDB_env*, std::size_t)>(dlsym(RTLD_NEXT, "mdb_env_set_mapsize"));
    const char* stated = std::getenv("DAYBOOK_FAULT_MAP");
    if (stated == nullptr) return really(env, size);
    {
        const std::scoped_lock guard{asked().mutex};
        asked().sizes[env] = size;
    }
    return really(env, std::strtoull(stated, nullptr, 10));
}

int mdb_env_info(MDB_env* env, MDB_envinfo* info) {
    static auto* const really =
        reinterpret_cast<int (*)(MDB_env*, MDB_envinfo*)>(dlsym(RTLD_NEXT, "mdb_env_info"));
    const int code = really(env, info);
    const std::scoped_lock guard{asked().mutex};
    const auto found = asked().sizes.find(env);
    if (code != MDB_SUCCESS || found == asked().sizes.end()) return code;
    info->me_mapsize = found->second;
    asked().sizes.erase(found);
    return code;
}

}  // extern "C"
