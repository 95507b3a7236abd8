// FeedSocket: the sequencer's feed, over ZeroMQ. Connects again by itself. One thread.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "gateway/record_source.h"

namespace daybook::gateway {

class FeedSocket final : public LiveFeed {
public:
    // `configuration` when the endpoint is none; that nobody listens there is no error.
    static Result<std::unique_ptr<FeedSocket>> open(const std::string& endpoint);
    ~FeedSocket() override;
    FeedSocket(const FeedSocket&) = delete;
    FeedSocket& operator=(const FeedSocket&) = delete;
    FeedSocket(FeedSocket&&) = delete;
    FeedSocket& operator=(FeedSocket&&) = delete;

    Heard receive(std::vector<std::byte>& message, std::chrono::milliseconds timeout) override;
    // As of the last `receive`.
    bool is_connected() const override;

private:
    struct Impl;
    explicit FeedSocket(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::gateway
