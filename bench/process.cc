#include "bench/process.h"

#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace daybook::bench {

namespace {

// In the child: not to outlive the parent, and to take signals as a fresh process does.
void start_child(pid_t parent, int signal_when_orphaned) {
    prctl(PR_SET_PDEATHSIG, signal_when_orphaned);
    if (getppid() != parent) _exit(1);  // it ended before the line above
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become(std::vector<std::string>& words, const std::filesystem::path& log) {
    setpgid(0, 0);
    const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (output >= 0) dup2(output, STDERR_FILENO);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
}

// The number after `name` in a file of /proc; 0 if there is none.
double value_in(pid_t process, const char* file, const std::string& name) {
    std::ifstream fields{"/proc/" + std::to_string(process) + "/" + file};
    std::string word;
    double value = 0;
    while (fields >> word) {
        if (word == name) return fields >> value ? value : 0;
    }
    return 0;
}

}  // namespace

Result<Process> Process::fork_to(const std::function<int()>& work) {
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0)
        return fail(ErrorCode::io_failed, "cannot fork: " + std::generic_category().message(errno));
    if (child == 0) {
        start_child(parent, SIGKILL);
        _exit(work());
    }
    return Process{child};
}

Result<Process> Process::execute(std::vector<std::string> words, const std::filesystem::path& log) {
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0)
        return fail(ErrorCode::io_failed, "cannot fork: " + std::generic_category().message(errno));
    if (child == 0) {
        start_child(parent, SIGTERM);
        become(words, log);
    }
    return Process{child};
}

Process& Process::operator=(Process&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(status_, other.status_);
    return *this;
}

Process::~Process() {
    if (id_ < 0 || !is_running()) return;
    send(SIGKILL);
    wait();
}

bool Process::is_running() {
    if (status_) return false;
    int status = 0;
    if (waitpid(id_, &status, WNOHANG) == id_) status_ = status;
    return !status_;
}

void Process::send(int signal) const {
    if (!status_) kill(id_, signal);
}

void Process::wait() {
    while (!status_) {
        int status = 0;
        const pid_t ended = waitpid(id_, &status, 0);
        if (ended < 0 && errno == EINTR) continue;
        status_ = status;
    }
}

bool Process::has_succeeded() const {
    return status_ && WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0;
}

Usage Process::usage() const {
    Usage usage;
    clockid_t clock = 0;
    timespec time{};
    if (clock_getcpuclockid(id_, &clock) == 0 && clock_gettime(clock, &time) == 0) {
        usage.cpu_seconds =
            static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
    }
    constexpr double kKib = 1024;
    usage.written_bytes = value_in(id_, "io", "write_bytes:");
    usage.memory_bytes = value_in(id_, "status", "RssAnon:") * kKib;
    usage.mapped_bytes = value_in(id_, "status", "RssFile:") * kKib;
    return usage;
}

StopSignals::StopSignals() {
    sigemptyset(&watched_);
    sigaddset(&watched_, SIGINT);
    sigaddset(&watched_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &watched_, &before_);
}

StopSignals::~StopSignals() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::has_come() {
    const timespec at_once{};
    if (sigtimedwait(&watched_, nullptr, &at_once) > 0) has_come_ = true;
    return has_come_;
}

}  // namespace daybook::bench
