#include "cli/signals.h"

#include <csignal>
#include <string_view>
#include <unistd.h>

#include "cli/exit_code.h"

namespace daybook::cli {

namespace {

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

volatile std::sig_atomic_t stop_requested = 0;

void on_stop(int signal) {
    stop_requested = signal;
}

void on_bus_error(int /*signal*/) {
    constexpr std::string_view kLine =
        "daybook: a stored page cannot be read (truncated file or bad sector); run `daybook "
        "verify`, or "
        "restore a backup\n";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, kLine.data(), kLine.size());
    _exit(exit_code(ErrorCode::damaged));
}

}  // namespace

void hold_stop_signals() {
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void wait_for_stop() {
    const sigset_t set = stop_signals();
    int signal = 0;
    sigwait(&set, &signal);
}

void request_stop() {
    kill(getpid(), SIGTERM);
}

void notice_stop_signals() {
    struct sigaction action{};
    action.sa_handler = on_stop;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool is_stop_requested() {
    return stop_requested != 0;
}

int exit_code_after_stop() {
    constexpr int kBySignal = 128;
    return is_stop_requested() ? kBySignal + stop_requested : kExitFine;
}

void explain_bus_errors() {
    struct sigaction action{};
    action.sa_handler = on_bus_error;
    sigaction(SIGBUS, &action, nullptr);
}

}  // namespace daybook::cli
