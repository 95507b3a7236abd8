// Follower: reads the journal for one event stream, in a thread of its own, a chunk at a time: the
// next one is made when this one has been taken. Private to http/'s sources.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/subscription.h"
#include "http/records.h"
#include "http/service.h"

namespace daybook::http {

// One server-sent event.
void add_event(std::string& bytes, std::string_view kind, Seq id, std::string_view data);

class Follower {
public:
    using Chunk = std::optional<std::string>;  // none: it cannot go on

    Follower(Service& service, const StreamWanted& wanted);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;
    Follower(Follower&&) = delete;
    Follower& operator=(Follower&&) = delete;

    // On the HTTP thread: the next events; empty when there are none for half a second.
    asio::awaitable<Chunk> next();

private:
    void run();
    std::unique_ptr<gateway::Subscription> subscribe();
    std::shared_ptr<Waiting<Chunk>> wait_for_ask();
    bool learn(const std::vector<Bytes>& records);
    // What there is, up to a chunk; waits for the first a little.
    Chunk read(gateway::Subscription& subscription);

    Service& service_;
    StreamWanted wanted_;
    std::unique_ptr<gateway::QueryClient> client_;
    std::optional<RecordRenderer> renderer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::shared_ptr<Waiting<Chunk>> asked_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace daybook::http
