// A sequencer, its projector and its query server in threads of this process.
#pragma once

#include <memory>
#include <thread>

#include "gateway/query_client.h"
#include "projector/projector.h"
#include "projector/query_server.h"
#include "tests/sequencer/support.h"

namespace daybook::tests {

class RunningServer {
public:
    explicit RunningServer(const std::filesystem::path& directory)
        : directory_{directory}, sequencer_{directory} {
        auto projector =
            projector::Projector::open(sequencer_.environment(), directory / "projection");
        REQUIRE(projector);
        projector_ = *std::move(projector);
        auto queries = projector::QueryServer::open(sequencer_.environment(),
                                                    directory / "projection", {query_endpoint()});
        REQUIRE(queries);
        queries_ = *std::move(queries);
        start_projecting_thread();
        answering_ = std::thread{[this] { answered_ = queries_->run(); }};
    }
    ~RunningServer() {
        queries_->stop();
        answering_.join();
        stop_projecting();
        CHECK(answered_.has_value());
    }
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;
    RunningServer(RunningServer&&) = delete;
    RunningServer& operator=(RunningServer&&) = delete;

    // What is committed from now on is not projected; queries are answered still.
    void stop_projecting() {
        if (!projecting_.joinable()) return;
        projector_->stop();
        projecting_.join();
        CHECK(projected_.has_value());
    }
    // Goes on where it stopped.
    void start_projecting() {
        projector_.reset();
        auto projector =
            projector::Projector::open(sequencer_.environment(), directory_ / "projection");
        REQUIRE(projector);
        projector_ = *std::move(projector);
        start_projecting_thread();
    }
    const RunningSequencer& sequencer() const { return sequencer_; }
    std::string query_endpoint() const { return "ipc://" + (directory_ / "query").string(); }

private:
    void start_projecting_thread() {
        projecting_ = std::thread{[this] { projected_ = projector_->run(); }};
    }

    std::filesystem::path directory_;
    RunningSequencer sequencer_;
    std::unique_ptr<projector::Projector> projector_;
    std::unique_ptr<projector::QueryServer> queries_;
    Result<void> projected_;
    Result<void> answered_;
    std::thread projecting_;
    std::thread answering_;
};

}  // namespace daybook::tests
