// The query endpoint as a subscription's source.
#include <utility>

#include "gateway/query_client.h"

namespace daybook::gateway {

namespace {

class QuerySource final : public RecordSource {
public:
    explicit QuerySource(std::unique_ptr<QueryClient> client) : client_{std::move(client)} {}

    const Id128& book() const override { return client_->book(); }
    Result<RecordPage> records(Seq from) override { return client_->records(from); }
    Result<AccountsUnderPath> accounts(const std::string& path) override {
        const auto under = client_->accounts(path);
        if (!under) return std::unexpected{under.error()};
        AccountsUnderPath found{{}, under->standing.watermark};
        for (const auto& account : under->accounts)
            found.numbers.push_back(account.number);
        return found;
    }

private:
    std::unique_ptr<QueryClient> client_;
};

}  // namespace

Result<std::unique_ptr<RecordSource>> open_query_source(const QueryClientOptions& options) {
    auto client = QueryClient::connect(options);
    if (!client) return std::unexpected{client.error()};
    return std::make_unique<QuerySource>(*std::move(client));
}

}  // namespace daybook::gateway
