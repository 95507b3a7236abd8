#include "bench/shared_array.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <sys/mman.h>
#include <system_error>

namespace daybook::bench {

Result<SharedMapping> SharedMapping::create(std::size_t bytes) {
    bytes = std::max(bytes, std::size_t{1});
    void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) {
        return fail(ErrorCode::io_failed,
                    "cannot get " + std::to_string(bytes >> 20) +
                        " MiB of shared memory: " + std::generic_category().message(errno));
    }
    return SharedMapping{data, bytes};
}

SharedMapping::~SharedMapping() {
    if (data_ != nullptr) munmap(data_, bytes_);
}

}  // namespace daybook::bench
