// AccountReads: accounts as they stand now, the most frequent read. From the projection on this
// machine at once; else by query, where those asked for meanwhile travel together. The HTTP
// thread's. Private to http/'s sources.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "gateway/query_client.h"
#include "http/options.h"
#include "http/waiting.h"
#include "http/workers.h"
#include "projector/balances.h"
#include "schema/account_answers.h"

namespace daybook::http {

struct AccountAt {
    schema::AccountDetails details;  // without a number: unknown up to `as_of`
    Seq as_of;
};

class AccountReads {
public:
    AccountReads(const Options& options, Waits& waits, Workers<gateway::QueryClient>& readers);

    // Drops what waits.
    void stop() { gathered_.clear(); }

    // `try_again` when `min_seq` is not reached by then, `unreachable` when nobody answers.
    asio::awaitable<Result<AccountAt>> find(std::string code, Seq min_seq, Deadline deadline);

private:
    struct Asked {
        std::string code;
        std::shared_ptr<Waiting<Result<AccountAt>>> waiting;
    };

    Result<AccountAt> find_here(const std::string& code);
    // Sends what has gathered, unless enough is on its way already.
    void send();
    static void answer(const std::vector<Asked>& asked,
                       const Result<gateway::QueryClient*>& client);

    Waits& waits_;
    Workers<gateway::QueryClient>& readers_;
    std::filesystem::path projection_;
    std::unique_ptr<projector::Balances> here_;
    std::vector<Asked> gathered_;
    std::size_t on_their_way_ = 0;  // queries
};

}  // namespace daybook::http
