// OpenStores: the process's list of open projections, so that each is open once.
#pragma once

#include <compare>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "projector/store.h"

namespace daybook::projector {

// Everything under `mutex`, opening and closing of environments included.
struct OpenStores {
    std::mutex mutex;
    std::condition_variable closed;
    std::map<FileIds, std::weak_ptr<Store>> stores;

    static OpenStores& of_process();

    // Null when nobody has it open. Waits while somebody is closing it.
    std::shared_ptr<Store> find(std::unique_lock<std::mutex>& guard, const FileIds& files);
};

}  // namespace daybook::projector
