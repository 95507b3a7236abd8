// The journal on this machine as a subscription's source, and its commits as a subscription's feed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/data_directory.h"
#include "gateway/record_source.h"
#include "journal/environment.h"
#include "journal/reader.h"

namespace daybook::cli {

// Works with and without a server. No snapshot outlives a call.
class JournalSource final : public gateway::RecordSource {
public:
    // The projection need not exist: it saves reading the journal from the start for account codes.
    JournalSource(std::shared_ptr<journal::Environment> journal, DataDirectory data)
        : journal_{std::move(journal)}, data_{std::move(data)} {}

    const Id128& book() const override { return journal_->book(); }
    Result<gateway::RecordPage> records(Seq from) override;
    Result<gateway::AccountsUnderPath> accounts(const std::string& path) override;

private:
    std::shared_ptr<journal::Environment> journal_;
    DataDirectory data_;
};

// Says to look at the journal at each commit.
class JournalWakes final : public gateway::LiveFeed {
public:
    explicit JournalWakes(journal::Follower follower) : follower_{std::move(follower)} {}

    gateway::Heard receive(std::vector<std::byte>& message,
                           std::chrono::milliseconds timeout) override;
    bool is_connected() const override { return true; }

private:
    journal::Follower follower_;
};

}  // namespace daybook::cli
