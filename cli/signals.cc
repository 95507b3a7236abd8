#include "cli/signals.h"

#include <csignal>
#include <cstdint>
#include <link.h>
#include <new>
#include <string_view>
#include <ucontext.h>
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

void end_on_damage() {
    constexpr std::string_view kLine =
        "daybook: a stored page cannot be read (truncated file or bad sector); run `daybook "
        "verify`, or "
        "restore a backup\n";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, kLine.data(), kLine.size());
    _exit(exit_code(ErrorCode::damaged));
}

void on_missing_memory() {
    constexpr std::string_view kLine =
        "daybook: no memory is left; free some or allow this process more, then start it again\n";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, kLine.data(), kLine.size());
    _exit(exit_code(ErrorCode::try_again));
}

void on_bus_error(int /*signal*/) {
    end_on_damage();
}

// Where a shared library's code is.
struct CodeRange {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
};

CodeRange lmdb_code;
struct sigaction before_on_fault;

int find_lmdb(dl_phdr_info* object, std::size_t /*size*/, void* /*context*/) {
    if (std::string_view{object->dlpi_name}.find("/liblmdb.") == std::string_view::npos) return 0;
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& part = object->dlpi_phdr[i];
        if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
        lmdb_code.begin = object->dlpi_addr + part.p_vaddr;
        lmdb_code.end = lmdb_code.begin + part.p_memsz;
    }
    return 1;
}

std::uintptr_t place_of(const ucontext_t& context) {
#if defined(__x86_64__)
    return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return context.uc_mcontext.pc;
#else
    return 0;
#endif
}

// LMDB believes its pages: a flag that no database of ours has makes it follow a null pointer. What
// others do wrong ends as it did before.
void on_fault(int signal, siginfo_t* info, void* context) {
    const bool is_sent = info->si_code <= 0;  // by somebody who wants it to end
    const std::uintptr_t place = place_of(*static_cast<ucontext_t*>(context));
    if (!is_sent && place >= lmdb_code.begin && place < lmdb_code.end) end_on_damage();
    sigaction(signal, &before_on_fault, nullptr);
    if (is_sent) raise(signal);
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

void notice_file_limit() {
    std::signal(SIGXFSZ, SIG_IGN);
}

void explain_damaged_pages() {
    struct sigaction action{};
    action.sa_handler = on_bus_error;
    sigaction(SIGBUS, &action, nullptr);

    dl_iterate_phdr(find_lmdb, nullptr);
    struct sigaction faults{};
    faults.sa_sigaction = on_fault;
    faults.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &faults, &before_on_fault);
}

void end_without_memory() {
    std::set_new_handler(on_missing_memory);
}

}  // namespace daybook::cli
