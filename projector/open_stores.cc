#include "projector/open_stores.h"

namespace daybook::projector {

OpenStores& OpenStores::of_process() {
    static OpenStores stores;
    return stores;
}

std::shared_ptr<Store> OpenStores::find(std::unique_lock<std::mutex>& guard, const FileIds& files) {
    for (;;) {
        const auto found = stores.find(files);
        if (found == stores.end()) return nullptr;
        if (auto store = found->second.lock()) return store;
        closed.wait(guard);
    }
}

}  // namespace daybook::projector
