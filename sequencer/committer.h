// Committer: the thread that makes blocks durable, so that the next one is decided meanwhile.
// One block at a time is handed over and back through one atomic; nothing else is shared.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "base/result.h"
#include "journal/block.h"
#include "journal/writer.h"

namespace daybook::sequencer {

class Committer {
public:
    static Result<std::unique_ptr<Committer>> start(std::unique_ptr<journal::Writer> writer);
    // Waits for the block in flight.
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;
    Committer(Committer&&) = delete;
    Committer& operator=(Committer&&) = delete;

    bool is_busy() const { return is_busy_; }

    // Hands over a block, which belongs to the committer until `take_result` returns a value. Not
    // while busy (checked).
    void commit(journal::BlockBuilder& block);
    // Writes a block on the caller's thread. Not while busy (checked).
    Result<journal::BlockInfo> commit_here(journal::BlockBuilder& block);

    // Readable when a result is there.
    int result_fd() const { return result_fd_; }
    // The finished block's header, or why its fate is unknown (the process must end); nothing when
    // it is still being written.
    std::optional<Result<journal::BlockInfo>> take_result();

    // Measured after each commit; bytes free on the journal's disk.
    std::uint64_t free_bytes() const { return free_bytes_.load(std::memory_order_relaxed); }
    // The same, measured now; for when nothing is committed.
    std::uint64_t measure_free_bytes();

private:
    enum class State : std::uint8_t { idle, handed_over, finished, stopping };

    Committer(std::unique_ptr<journal::Writer> writer, int result_fd);
    void work();

    std::unique_ptr<journal::Writer> writer_;
    int result_fd_;
    bool is_busy_ = false;  // the sequencer's view
    // What follows crosses between the threads with state_.
    journal::BlockBuilder* block_ = nullptr;
    std::optional<Result<journal::BlockInfo>> result_;
    std::atomic<State> state_{State::idle};
    std::atomic<std::uint64_t> free_bytes_{~std::uint64_t{0}};
    std::thread thread_;
};

}  // namespace daybook::sequencer
