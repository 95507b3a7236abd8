// Process: a child that never outlives us. StopSignals: Ctrl-C as something to look at, so that
// what was started is ended and what was written is removed.
#pragma once

#include <csignal>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "base/result.h"

namespace daybook::bench {

struct Usage {
    double cpu_seconds = 0;    // user and system
    double written_bytes = 0;  // towards the disk
    double memory_bytes = 0;   // its own; pages of mapped files are not
    double mapped_bytes = 0;   // pages of files in its memory: the system's to take back
};

class Process {
public:
    // A copy of this process that runs `work` and exits with what it returns. Nothing that owns
    // threads (a ZeroMQ context, an LMDB environment) may be alive here.
    static Result<Process> fork_to(const std::function<int()>& work);
    // Another program, in a process group of its own, its standard error appended to `log`.
    static Result<Process> execute(std::vector<std::string> words,
                                   const std::filesystem::path& log);
    // Kills it if it still runs.
    ~Process();
    Process(Process&& other) noexcept : id_{std::exchange(other.id_, -1)}, status_{other.status_} {}
    Process& operator=(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t id() const { return id_; }
    bool is_running();
    void send(int signal) const;
    // Waits for its end.
    void wait();
    // After its end.
    bool has_succeeded() const;
    // So far, of a running process; what cannot be read is 0.
    Usage usage() const;

private:
    explicit Process(pid_t id) : id_{id} {}

    pid_t id_;
    std::optional<int> status_;  // as waitpid gives it
};

// SIGINT and SIGTERM wait for has_come() as long as one of these lives. Children get them
// unblocked.
class StopSignals {
public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    StopSignals(StopSignals&&) = delete;
    StopSignals& operator=(StopSignals&&) = delete;

    // Once true, always true.
    bool has_come();

private:
    sigset_t watched_{};
    sigset_t before_{};
    bool has_come_ = false;
};

}  // namespace daybook::bench
