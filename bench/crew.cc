#include "bench/crew.h"

#include <algorithm>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <utility>

#include "base/check.h"

namespace daybook::bench {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

double own_cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int work_through(const Crew::Work& work, Sheet& sheet) {
    const auto done = work(sheet);
    sheet.cpu_seconds = own_cpu_seconds() - sheet.cpu_seconds;
    sheet.finished_at = steady_clock::now().time_since_epoch().count();
    if (!done) done.error().detail.copy(sheet.error.data(), sheet.error.size() - 1);
    sheet.stage = done ? Stage::has_finished : Stage::has_failed;
    return done ? 0 : 1;
}

template <typename Of>
auto sum(const SharedArray<Sheet>& sheets, Of of) {
    decltype(of(sheets.all()[0])) total{};
    for (const auto& sheet : sheets.all())
        total += of(sheet);
    return total;
}

}  // namespace

steady_clock::time_point await_start(Sheet& sheet) {
    sheet.stage = Stage::is_warm;
    while (sheet.starts_at == 0)
        std::this_thread::sleep_for(milliseconds{1});
    sheet.cpu_seconds = own_cpu_seconds();
    return steady_clock::time_point{steady_clock::duration{sheet.starts_at}};
}

Result<Crew> Crew::create(std::size_t count) {
    auto sheets = SharedArray<Sheet>::create(count);
    if (!sheets) return std::unexpected{sheets.error()};
    return Crew{*std::move(sheets)};
}

Result<void> Crew::hire(const Work& work) {
    CHECK_INVARIANT(processes_.size() < sheets_.all().size(), "each producer has a sheet");
    Sheet& sheet = sheets_.all()[processes_.size()];
    auto process = Process::fork_to([&] { return work_through(work, sheet); });
    if (!process) return std::unexpected{process.error()};
    processes_.push_back(*std::move(process));
    return {};
}

Result<bool> Crew::have_all_reached(Stage stage) {
    bool is_reached = true;
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        const auto& sheet = sheets_.all()[i];
        const bool is_dead = !processes_[i].is_running();
        if (sheet.stage == Stage::has_failed) {
            return fail(ErrorCode::unreachable, std::string{sheet.error.data()});
        }
        if (is_dead && sheet.stage != Stage::has_finished) {
            return fail(ErrorCode::io_failed, "a producer ended too early");
        }
        is_reached = is_reached && sheet.stage.load() >= stage;
    }
    return is_reached;
}

Result<void> Crew::wait_for(Stage stage, const Watch& watch) {
    for (;;) {
        // First, because Ctrl-C ends the producers too.
        auto watched = watch();
        if (!watched) return watched;
        const auto is_reached = have_all_reached(stage);
        if (!is_reached) return std::unexpected{is_reached.error()};
        if (*is_reached) return {};
        std::this_thread::sleep_for(milliseconds{5});
    }
}

steady_clock::time_point Crew::start() {
    const auto now = steady_clock::now();
    for (auto& sheet : sheets_.all())
        sheet.starts_at = now.time_since_epoch().count();
    return now;
}

void Crew::end() {
    for (auto& sheet : sheets_.all())
        sheet.must_end = 1;
}

std::uint64_t Crew::done() const {
    return sum(sheets_, [](const Sheet& sheet) { return sheet.done.load(); });
}

std::uint64_t Crew::others() const {
    return sum(sheets_, [](const Sheet& sheet) { return sheet.others.load(); });
}

std::uint64_t Crew::count(std::size_t which) const {
    return sum(sheets_, [which](const Sheet& sheet) { return sheet.counts.at(which).load(); });
}

steady_clock::time_point Crew::finished_at() const {
    std::int64_t last = 0;
    for (const auto& sheet : sheets_.all())
        last = std::max(last, sheet.finished_at);
    return steady_clock::time_point{steady_clock::duration{last}};
}

double Crew::cpu_seconds() const {
    return sum(sheets_, [](const Sheet& sheet) { return sheet.cpu_seconds; });
}

Histogram Crew::latency() const {
    Histogram all;
    for (const auto& sheet : sheets_.all())
        all.merge(sheet.latency);
    return all;
}

std::uint64_t Crew::asked_bytes() const {
    return sum(sheets_, [](const Sheet& sheet) { return sheet.asked_bytes; });
}

std::uint64_t Crew::answer_bytes() const {
    return sum(sheets_, [](const Sheet& sheet) { return sheet.answer_bytes; });
}

}  // namespace daybook::bench
