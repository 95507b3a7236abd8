// QueryServer: answers queries (schema/query.h) from the projection and the journal, for readers
// that may not open the files or are on another host. Reads only; holds nobody up.
//
// Threads: the one that calls run(); stop() may be called from any.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "journal/environment.h"

namespace daybook::projector {

struct QueryOptions {
    std::string listen = "tcp://127.0.0.1:7413";  // ipc or loopback
};

class QueryServer {
public:
    // Binds the endpoint. The projection in `directory` exists: Projector::open has made it.
    // `try_again` when the endpoint is taken.
    static Result<std::unique_ptr<QueryServer>> open(std::shared_ptr<journal::Environment> journal,
                                                     const std::filesystem::path& directory,
                                                     const QueryOptions& options);
    ~QueryServer();
    QueryServer(const QueryServer&) = delete;
    QueryServer& operator=(const QueryServer&) = delete;
    QueryServer(QueryServer&&) = delete;
    QueryServer& operator=(QueryServer&&) = delete;

    // Answers until stop(). An error means that what is stored cannot be read: the process ends.
    Result<void> run();
    void stop();

private:
    class Impl;
    explicit QueryServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::projector
