#include "cli/name_source.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gateway/query_client.h"
#include "journal/reader.h"
#include "projector/balances.h"
#include "schema/record.h"
#include "schema/run.h"
#include "schema/touch_origin.h"

namespace daybook::cli {

namespace {

std::optional<AccountNumber> debited_by(EntryId hold, Bytes bytes) {
    const auto record = schema::RecordView::parse(bytes);
    if (!record || record->seq() != hold.seq()) return std::nullopt;
    const auto command = record->command();
    if (!command) return std::nullopt;
    const auto origins = schema::read_touch_origins(*record, *command);
    if (!origins) return std::nullopt;
    const auto made = std::ranges::find(*origins, hold, &schema::TouchOrigin::id);
    if (made == origins->end() || made->kind != CommandKind::place_hold) return std::nullopt;
    return record->touch(made->first_touch).account;
}

// A view a look-up: none is kept, however slowly the output is read.
class Here final : public NameSource {
public:
    Here(std::unique_ptr<projector::Balances> projection,
         std::shared_ptr<journal::Environment> journal)
        : projection_{std::move(projection)}, journal_{std::move(journal)} {}

    std::optional<NamedAccount> find(AccountNumber number) override {
        const auto view = projection_->view();
        if (!view) return std::nullopt;
        const auto account = view->account(number);
        if (!account || !*account) return std::nullopt;
        const auto asset = view->asset((*account)->asset);
        if (!asset || !*asset) return std::nullopt;
        return NamedAccount{(*account)->code, (*asset)->code, (*asset)->scale};
    }
    std::optional<AccountNumber> find(const std::string& code) override {
        const auto view = projection_->view();
        if (!view) return std::nullopt;
        const auto number = view->find(code);
        return number ? *number : std::nullopt;
    }
    std::optional<AccountNumber> find(EntryId hold) override {
        if (journal_) return find_placed(hold);
        const auto view = projection_->view();
        if (!view) return std::nullopt;
        const auto open = view->hold(hold);
        return open && *open ? std::optional{(*open)->debit} : std::nullopt;
    }

private:
    std::optional<AccountNumber> find_placed(EntryId hold) const {
        auto snapshot = journal::Snapshot::open(journal_);
        if (!snapshot) return std::nullopt;
        const auto block = snapshot->block_of(hold.seq());
        if (!block || !*block) return std::nullopt;
        const auto bytes = (*block)->record(hold.seq());
        return bytes ? debited_by(hold, *bytes) : std::nullopt;
    }

    std::unique_ptr<projector::Balances> projection_;
    std::shared_ptr<journal::Environment> journal_;
};

class Remote final : public NameSource {
public:
    explicit Remote(std::unique_ptr<gateway::QueryClient> client) : client_{std::move(client)} {}

    std::optional<NamedAccount> find(AccountNumber number) override {
        const auto found = ask([&] { return client_->named_balances({&number, 1}); });
        if (!found || found->lines.front().code.empty()) return std::nullopt;
        const auto& [code, balance] = found->lines.front();
        return NamedAccount{code, balance.asset_code, balance.scale};
    }
    std::optional<AccountNumber> find(const std::string& code) override {
        const auto found = ask([&] { return client_->balances({&code, 1}); });
        if (!found || found->lines.front().number.is_none()) return std::nullopt;
        return found->lines.front().number;
    }
    std::optional<AccountNumber> find(EntryId hold) override {
        const auto page = ask([&] { return client_->records(hold.seq(), 1); });
        if (!page) return std::nullopt;
        schema::RunReader runs{page->runs};
        schema::Run run;
        if (runs.is_at_end() || runs.next(run) != Malformation::none) return std::nullopt;
        return debited_by(hold, run.records.front());
    }

private:
    using SteadyClock = std::chrono::steady_clock;

    // While the server is away, only now and then is it waited for.
    template <typename Query>
    auto ask(const Query& query) -> std::optional<typename decltype(query())::value_type> {
        constexpr std::chrono::seconds kPause{10};
        if (SteadyClock::now() < quiet_until_) return std::nullopt;
        auto answer = query();
        if (answer) return *std::move(answer);
        quiet_until_ = SteadyClock::now() + kPause;
        return std::nullopt;
    }

    std::unique_ptr<gateway::QueryClient> client_;
    SteadyClock::time_point quiet_until_;
};

}  // namespace

std::unique_ptr<NameSource> open_names_here(std::unique_ptr<projector::Balances> projection,
                                            std::shared_ptr<journal::Environment> journal) {
    return std::make_unique<Here>(std::move(projection), std::move(journal));
}

std::unique_ptr<NameSource> open_names_at(std::unique_ptr<gateway::QueryClient> client) {
    return std::make_unique<Remote>(std::move(client));
}

}  // namespace daybook::cli
