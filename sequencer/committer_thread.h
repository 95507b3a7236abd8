// CommitterThread: the thread that appends blocks to the journal. One block at a time is handed
// over and back through one atomic; nothing else is shared. Private to sequencer/'s sources.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "base/result.h"
#include "journal/block.h"
#include "journal/writer.h"
#include "sequencer/committer.h"

namespace daybook::sequencer {

class CommitterThread final : public Committer {
public:
    static Result<std::unique_ptr<CommitterThread>> start(std::unique_ptr<journal::Writer> writer);
    // Waits for the block in flight.
    ~CommitterThread() override;
    CommitterThread(const CommitterThread&) = delete;
    CommitterThread& operator=(const CommitterThread&) = delete;
    CommitterThread(CommitterThread&&) = delete;
    CommitterThread& operator=(CommitterThread&&) = delete;

    bool is_busy() const override { return is_busy_; }
    void commit(journal::BlockBuilder& block) override;
    // On the caller's thread.
    Result<journal::BlockInfo> commit_here(journal::BlockBuilder& block) override;
    std::optional<Result<journal::BlockInfo>> take_result() override;
    void wait_for_result() override;
    std::uint64_t free_bytes() override;

    // Readable when a result is there.
    int result_fd() const { return result_fd_; }

private:
    enum class State : std::uint8_t { idle, handed_over, finished, stopping };

    CommitterThread(std::unique_ptr<journal::Writer> writer, int result_fd);
    void work();
    void measure_free_bytes();

    std::unique_ptr<journal::Writer> writer_;
    int result_fd_;
    bool is_busy_ = false;  // the sequencer's view
    std::chrono::steady_clock::time_point measured_at_rest_;
    // What follows crosses between the threads with state_.
    journal::BlockBuilder* block_ = nullptr;
    std::optional<Result<journal::BlockInfo>> result_;
    std::atomic<State> state_{State::idle};
    std::atomic<std::uint64_t> free_bytes_{~std::uint64_t{0}};
    std::thread thread_;
};

}  // namespace daybook::sequencer
