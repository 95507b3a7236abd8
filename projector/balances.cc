#include "projector/balances.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "projector/pinned.h"
#include "projector/store.h"

namespace daybook::projector {

namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// How long a reader may keep reading a projection that has been replaced by a rebuilt one.
constexpr milliseconds kStaleMax{100};
constexpr milliseconds kPollInterval{1};

}  // namespace

struct Balances::Impl {
    explicit Impl(std::shared_ptr<const Store> first) : store{std::move(first)} {}

    Result<std::shared_ptr<const Store>> current() {
        const std::scoped_lock guard{mutex};
        const auto now = SteadyClock::now();
        if (now - checked < kStaleMax) return store;
        if (!store->is_current()) {
            auto opened = Store::open(store->directory(), Access::read_only);
            if (!opened) {
                return fail(ErrorCode::try_again,
                            "the projection is being rebuilt, try again: " + opened.error().detail);
            }
            store = *std::move(opened);
        }
        checked = now;
        return store;
    }

    std::mutex mutex;
    std::shared_ptr<const Store> store;
    SteadyClock::time_point checked = SteadyClock::now();
};

Balances::Balances(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Balances::~Balances() = default;

Result<std::unique_ptr<Balances>> Balances::open(const std::filesystem::path& directory) {
    auto store = Store::open(directory, Access::read_only);
    if (!store) return std::unexpected{store.error()};
    auto impl = std::make_unique<Impl>(*std::move(store));
    return std::unique_ptr<Balances>{new Balances{std::move(impl)}};
}

Result<View> Balances::view() const {
    auto store = impl_->current();
    if (!store) return std::unexpected{store.error()};
    auto txn = (*store)->begin(Access::read_only);
    if (!txn) return std::unexpected{txn.error()};
    const auto watermark = (*store)->watermark(txn->get());
    if (!watermark) return std::unexpected{watermark.error()};
    return View{std::make_unique<View::Pinned>(*std::move(store), *std::move(txn), *watermark)};
}

Result<View> Balances::wait_for(Seq seq, milliseconds timeout) const {
    const auto deadline = SteadyClock::now() + timeout;
    for (;;) {
        auto seen = view();
        if (seen && seen->watermark().seq >= seq) return seen;
        if (!seen && seen.error().code != ErrorCode::try_again) return seen;
        const auto now = SteadyClock::now();
        if (now >= deadline) {
            if (!seen) return seen;
            return fail(ErrorCode::try_again, "the projection is at Seq " +
                                                  std::to_string(seen->watermark().seq.value()) +
                                                  ", before " + std::to_string(seq.value()) +
                                                  "; try again");
        }
        std::this_thread::sleep_for(std::min<SteadyClock::duration>(kPollInterval, deadline - now));
    }
}

Result<journal::OpenReaders> Balances::readers() const {
    const auto store = impl_->current();
    if (!store) return std::unexpected{store.error()};
    return (*store)->readers();
}

}  // namespace daybook::projector
