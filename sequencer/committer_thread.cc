#include "sequencer/committer_thread.h"

#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/check.h"

namespace daybook::sequencer {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWaitMax{200};
// When no block is committed others may have filled the disk.
constexpr std::chrono::milliseconds kMeasuredAtRest{200};

}  // namespace

Result<std::unique_ptr<CommitterThread>> CommitterThread::start(
    std::unique_ptr<journal::Writer> writer) {
    const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) {
        return fail(ErrorCode::io_failed,
                    "cannot make an event descriptor: " + std::generic_category().message(errno));
    }
    return std::unique_ptr<CommitterThread>{new CommitterThread{std::move(writer), fd}};
}

CommitterThread::CommitterThread(std::unique_ptr<journal::Writer> writer, int result_fd)
    : writer_{std::move(writer)}, result_fd_{result_fd}, thread_{[this] { work(); }} {
    measure_free_bytes();
}

CommitterThread::~CommitterThread() {
    // A block in flight is finished first: its state changes to `finished` by itself.
    while (state_.load(std::memory_order_acquire) == State::handed_over) {
        state_.wait(State::handed_over, std::memory_order_acquire);
    }
    state_.store(State::stopping, std::memory_order_release);
    state_.notify_all();
    thread_.join();
    close(result_fd_);
}

void CommitterThread::commit(journal::BlockBuilder& block) {
    CHECK_INVARIANT(!is_busy_, "one block is in flight at a time");
    is_busy_ = true;
    block_ = &block;
    state_.store(State::handed_over, std::memory_order_release);
    state_.notify_all();
}

// What the other thread did to the writer before it said `finished` is seen here, and the other way
// round when a block is handed over.
Result<journal::BlockInfo> CommitterThread::commit_here(journal::BlockBuilder& block) {
    CHECK_INVARIANT(!is_busy_, "one block is in flight at a time");
    auto result = writer_->append(block);
    measure_free_bytes();
    return result;
}

std::optional<Result<journal::BlockInfo>> CommitterThread::take_result() {
    if (!is_busy_ || state_.load(std::memory_order_acquire) != State::finished) return std::nullopt;
    std::uint64_t count = 0;
    // Finished, and about to be announced: whoever waits for the descriptor is woken then.
    if (read(result_fd_, &count, sizeof count) != sizeof count) return std::nullopt;
    is_busy_ = false;
    state_.store(State::idle, std::memory_order_release);
    return std::exchange(result_, std::nullopt);
}

void CommitterThread::wait_for_result() {
    pollfd result{result_fd_, POLLIN, 0};
    // Interrupted by a signal, it has just not waited long.
    poll(&result, 1, static_cast<int>(kWaitMax.count()));
}

std::uint64_t CommitterThread::free_bytes() {
    if (!is_busy_ && steady_clock::now() - measured_at_rest_ > kMeasuredAtRest) {
        measured_at_rest_ = steady_clock::now();
        measure_free_bytes();
    }
    return free_bytes_.load(std::memory_order_relaxed);
}

void CommitterThread::measure_free_bytes() {
    // What cannot be measured is not refused: the commit itself will say what is wrong.
    const auto free = writer_->free_bytes();
    if (free) free_bytes_.store(*free, std::memory_order_relaxed);
}

void CommitterThread::work() {
    for (;;) {
        State state = state_.load(std::memory_order_acquire);
        while (state != State::handed_over && state != State::stopping) {
            state_.wait(state, std::memory_order_acquire);
            state = state_.load(std::memory_order_acquire);
        }
        if (state == State::stopping) return;
        result_ = writer_->append(*block_);
        measure_free_bytes();
        // Announced after the state has changed: the announcement may put this thread to sleep, and
        // the other would look again and again at a state that does not come.
        state_.store(State::finished, std::memory_order_release);
        state_.notify_all();
        const std::uint64_t one = 1;
        const auto written = write(result_fd_, &one, sizeof one);
        CHECK_INVARIANT(written == sizeof one, "an event descriptor takes a count of one");
    }
}

}  // namespace daybook::sequencer
