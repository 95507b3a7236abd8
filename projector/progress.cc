#include "projector/progress.h"

#include <spdlog/spdlog.h>

namespace daybook::projector {

namespace {

constexpr std::chrono::seconds kInterval{2};

}  // namespace

void Progress::note(Seq applied, Seq head) {
    const auto now = std::chrono::steady_clock::now();
    const bool is_first = noted_ == Seq{};
    const bool is_behind = applied < head;
    if (is_behind && !is_first && now - noted_at_ < kInterval) return;

    const std::chrono::duration<double> elapsed = now - noted_at_;
    const double rate = static_cast<double>(applied.value() - noted_.value()) / elapsed.count();
    const auto left = static_cast<double>(head.value() - applied.value());
    if (is_behind && !is_first && left > rate) {
        spdlog::info("projection: {} of {} records, {:.0f} a second, {:.0f} s left",
                     applied.value(), head.value(), rate, left / rate);
    }
    noted_at_ = now;
    noted_ = applied;
}

}  // namespace daybook::projector
