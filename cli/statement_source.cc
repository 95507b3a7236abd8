#include "cli/statement_source.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/past_reader.h"
#include "cli/remote_moment.h"
#include "gateway/query_client.h"

namespace daybook::cli {

namespace {

using projector::StatementPage;
using projector::StatementQuery;

class Here final : public StatementSource {
public:
    explicit Here(PastReader reader) : reader_{std::move(reader)} {}

    Result<Seq> existing(std::uint64_t seq) override { return reader_.existing(seq); }
    Result<Seq> last_by(Stamp moment) override { return reader_.last_by(moment); }

    Result<StatementAccount> find(const std::string& code, Seq seq) override {
        const auto past = reader_.renew(seq);
        if (!past) return std::unexpected{past.error()};
        auto line = account_line((*past)->view(), code);
        if (!line) return std::unexpected{line.error()};
        return StatementAccount{std::move(line->account), std::move(line->asset),
                                (*past)->watermark()};
    }
    // Later pages may come from later views: what was at the first one's watermark stays the same.
    Result<StatementPage> page(const StatementQuery& query) override {
        const auto past = reader_.keep_fresh(query.to);
        if (!past) return std::unexpected{past.error()};
        return projector::read_statement(**past, query);
    }
    void release() override { reader_.release(); }

private:
    PastReader reader_;
};

projector::Balance balance_of(const schema::AccountBalance& line) {
    return {line.totals, line.version, line.last};
}

class Remote final : public StatementSource {
public:
    Remote(std::unique_ptr<gateway::QueryClient> client, ReadOptions options)
        : client_{std::move(client)}, options_{std::move(options)} {}

    Result<Seq> existing(std::uint64_t seq) override { return existing_at(*client_, seq); }
    Result<Seq> last_by(Stamp moment) override { return last_by_at(*client_, moment); }

    Result<StatementAccount> find(const std::string& code, Seq seq) override {
        const auto found = client_->balances({&code, 1}, after(seq));
        if (!found) return std::unexpected{found.error()};
        const auto& line = found->lines.front();
        if (line.number.is_none()) return no_account(code, found->standing.watermark);
        code_ = code;
        return StatementAccount{{.number = line.number,
                                 .code = code,
                                 .asset = line.asset,
                                 .type = line.type,
                                 .state = line.state,
                                 .limits = {},
                                 .opened = line.opened},
                                {line.asset, line.asset_code, line.scale},
                                found->standing.watermark};
    }
    Result<StatementPage> page(const StatementQuery& query) override {
        const schema::StatementRange range{query.from, query.to, query.before,
                                           static_cast<std::uint32_t>(query.lines_max)};
        auto statement = client_->statement(code_, range, after(query.to));
        if (!statement) return std::unexpected{statement.error()};
        if (statement->closing.number != query.account) {
            return no_account(code_, statement->standing.watermark);
        }
        return StatementPage{.lines = std::move(statement->lines),
                             .closing = balance_of(statement->closing),
                             .opening = balance_of(statement->opening),
                             .next = statement->next};
    }
    void release() override {}

private:
    gateway::ReadAfter after(Seq seq) const {
        return {std::max(Seq{options_.min_seq}, seq), std::chrono::milliseconds{options_.wait_ms}};
    }

    std::unique_ptr<gateway::QueryClient> client_;
    ReadOptions options_;
    std::string code_;
};

}  // namespace

Result<std::unique_ptr<StatementSource>> open_statements_here(const ReadOptions& options) {
    auto reader = PastReader::open(options);
    if (!reader) return std::unexpected{reader.error()};
    return std::make_unique<Here>(*std::move(reader));
}

Result<std::unique_ptr<StatementSource>> open_statements_at(const std::string& endpoint,
                                                            const ReadOptions& options) {
    auto client = gateway::QueryClient::connect({.endpoint = endpoint});
    if (!client) return std::unexpected{client.error()};
    return std::make_unique<Remote>(*std::move(client), options);
}

}  // namespace daybook::cli
