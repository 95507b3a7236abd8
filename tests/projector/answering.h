// Answering: a query server on a ledger and its projection, in a thread of its own.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "gateway/query_client.h"
#include "projector/query_server.h"
#include "tests/projector/support.h"

namespace daybook::projector::test {

class Answering {
public:
    // The projection exists.
    Answering(const Place& place, const Ledger& ledger)
        : endpoint_{"ipc://" + place.journal().parent_path().string() + "/query"},
          server_{must(QueryServer::open(ledger.environment(), place.projection(), {endpoint_}))},
          thread_{[this] { outcome_ = server_->run(); }} {}
    ~Answering() {
        server_->stop();
        thread_.join();
        CHECK(outcome_.has_value());
    }
    Answering(const Answering&) = delete;
    Answering& operator=(const Answering&) = delete;
    Answering(Answering&&) = delete;
    Answering& operator=(Answering&&) = delete;

    const std::string& endpoint() const { return endpoint_; }
    std::unique_ptr<gateway::QueryClient> connect() const {
        return must(gateway::QueryClient::connect({.endpoint = endpoint_}));
    }

private:
    std::string endpoint_;
    std::unique_ptr<QueryServer> server_;
    Result<void> outcome_;
    std::thread thread_;
};

}  // namespace daybook::projector::test
