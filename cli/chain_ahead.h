// ChainAhead: checks the journal's bytes (hashes, roots, the chain, anchors) and gathers its keys,
// on a thread of its own, so many blocks ahead of who decides again what the records say.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "cli/anchors.h"
#include "cli/finding.h"
#include "cli/key_check.h"
#include "journal/chain.h"
#include "journal/scan.h"

namespace daybook::cli {

class ChainAhead {
public:
    static Result<std::unique_ptr<ChainAhead>> open(
        std::shared_ptr<journal::Environment> environment, std::vector<Anchor> anchors);
    ~ChainAhead();
    ChainAhead(const ChainAhead&) = delete;
    ChainAhead& operator=(const ChainAhead&) = delete;
    ChainAhead(ChainAhead&&) = delete;
    ChainAhead& operator=(ChainAhead&&) = delete;

    // Goes on to the block that holds `until`, which the journal must have. The thread has come to
    // an end before (wait_for, or finish).
    void go_to(Seq until);
    // Waits until the block that holds `seq` has been checked; false when it never will be:
    // finish() says why.
    bool wait_for(Seq seq);
    // The other side is done with a block of so many bytes: the thread waits when it is too far
    // ahead.
    void done_with(std::size_t block_bytes);

    // Ends the thread, which need not have got anywhere. What it found, of what it was sent to
    // check.
    Result<std::optional<Finding>> finish();
    // Checks everything there is, without anybody behind it.
    Result<std::optional<Finding>> run_alone();

    // After finish().
    const KeyCheck& keys() const { return keys_; }
    const AnchorCheck& anchors() const { return anchors_; }
    Seq last_seq() const { return Seq{chain_.next_seq().value() - 1}; }
    const journal::BlockInfo& last() const { return chain_.last(); }

private:
    ChainAhead(journal::BlockScan scan, const Id128& book, std::vector<Anchor> anchors);
    void run(Seq until);
    // False at the end: of the journal, or by a finding or an error.
    bool check_next();
    bool may_go_on();
    void publish(std::size_t block_bytes);
    std::optional<Finding> check(const journal::BlockScan::Stored& stored);
    void gather(Seq seq, Bytes record);

    // The thread's, while it runs.
    journal::BlockScan scan_;
    journal::ChainCheck chain_;
    AnchorCheck anchors_;
    KeyCheck keys_;
    std::optional<Finding> finding_;
    std::optional<Error> error_;
    bool has_ended_ = false;  // nothing more to check behind what was published

    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Seq published_;  // under the mutex: the last Seq of the blocks checked
    std::size_t ahead_bytes_ = 0;
    bool is_running_ = false;
    bool is_asked_to_stop_ = false;
};

}  // namespace daybook::cli
