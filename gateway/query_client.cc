#include "gateway/query_client.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "gateway/query_connection.h"

namespace daybook::gateway {

QueryClient::QueryClient(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
QueryClient::~QueryClient() = default;

Result<std::unique_ptr<QueryClient>> QueryClient::connect(const QueryClientOptions& options) {
    try {
        auto impl = std::make_unique<Impl>(options);
        if (auto opened = impl->open(); !opened) return std::unexpected{opened.error()};
        return std::unique_ptr<QueryClient>{new QueryClient{std::move(impl)}};
    } catch (const std::exception& error) {
        return fail(ErrorCode::io_failed, std::string{"cannot make a socket: "} + error.what() +
                                              "; are there files and threads left?");
    }
}

const Id128& QueryClient::book() const {
    return impl_->book;
}
Seq QueryClient::head() const {
    return impl_->head;
}
bool QueryClient::met_other_book() const {
    return impl_->met_other_book;
}

Result<schema::Status> QueryClient::status(const ReadAfter& after) {
    const auto answer = impl_->ask({}, after);
    if (!answer) return std::unexpected{answer.error()};
    const auto status = schema::decode_status(*answer);
    if (!status) return unreadable_answer();
    return *status;
}

Result<schema::AccountBalances> QueryClient::balances(std::span<const std::string> codes,
                                                      const ReadAfter& after) {
    if (codes.empty() || codes.size() > schema::kCodesMax) {
        return fail(ErrorCode::usage, "ask for 1 to 1000 account codes at a time");
    }
    schema::Query query;
    query.kind = schema::MessageKind::balances;
    query.texts.assign(codes.begin(), codes.end());
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    auto balances = schema::decode_balances(*answer);
    if (!balances || balances->lines.size() != codes.size()) return unreadable_answer();
    return *std::move(balances);
}

Result<schema::NamedBalances> QueryClient::named_balances(std::span<const AccountNumber> numbers,
                                                          const ReadAfter& after) {
    if (numbers.empty() || numbers.size() > schema::kCodesMax) {
        return fail(ErrorCode::usage, "ask for 1 to 1000 account numbers at a time");
    }
    schema::Query query;
    query.kind = schema::MessageKind::numbers;
    query.numbers.assign(numbers.begin(), numbers.end());
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    auto balances = schema::decode_named(*answer);
    if (!balances || balances->lines.size() != numbers.size()) return unreadable_answer();
    return *std::move(balances);
}

Result<RecordPage> QueryClient::records(Seq from, std::size_t bytes_max, const ReadAfter& after) {
    schema::Query query;
    query.kind = schema::MessageKind::record_range;
    query.from = from;
    query.bytes_max = static_cast<std::uint32_t>(std::min(bytes_max, schema::kRangeBytesMax));
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    const auto range = schema::decode_range(*answer);
    if (!range) return unreadable_answer();
    return RecordPage{{range->runs.begin(), range->runs.end()}, range->standing.head};
}

Result<schema::AccountsUnder> QueryClient::accounts(const std::string& path,
                                                    const ReadAfter& after) {
    schema::AccountsUnder all;
    std::string last;
    for (bool is_first = true;; is_first = false) {
        schema::Query query;
        query.kind = schema::MessageKind::accounts;
        query.texts = {path, last};
        const auto answer = impl_->ask(std::move(query), after);
        if (!answer) return std::unexpected{answer.error()};
        auto page = schema::decode_accounts(*answer);
        if (!page) return unreadable_answer();
        // Accounts never go away, so later pages show all that the first one's moment had.
        if (is_first) all.standing = page->standing;
        if (page->accounts.empty()) return all;
        if (page->accounts.back().code <= last) return unreadable_answer();  // it would never end
        last = page->accounts.back().code;
        std::ranges::move(page->accounts, std::back_inserter(all.accounts));
    }
}

Result<schema::AccountStatement> QueryClient::statement(const std::string& account,
                                                        const schema::StatementRange& range,
                                                        const ReadAfter& after) {
    if (range.from == Seq{} || range.lines_max == 0) {
        return fail(ErrorCode::usage, "a statement begins at seq 1 or later and has a line");
    }
    schema::Query query;
    query.kind = schema::MessageKind::statement;
    query.from = range.from;
    query.texts = {account};
    query.to = range.to;
    query.before = range.before;
    query.lines_max = range.lines_max;
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    auto statement = schema::decode_statement(*answer);
    if (!statement) return unreadable_answer();
    if (statement->closing.opened > range.to) {
        return fail(ErrorCode::not_found, "account '" + account + "' was opened at seq " +
                                              std::to_string(statement->closing.opened.value()) +
                                              ", after seq " + std::to_string(range.to.value()));
    }
    const auto& lines = statement->lines;
    // Paging that did not go back would never end.
    const bool goes_back = lines.empty() || range.before.is_none() || lines[0].at < range.before;
    if (!goes_back || lines.size() > range.lines_max) return unreadable_answer();
    return *std::move(statement);
}

Result<schema::SeqAtMoment> QueryClient::seq_at(Stamp moment, const ReadAfter& after) {
    schema::Query query;
    query.kind = schema::MessageKind::moment;
    query.moment = moment;
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    const auto reached = schema::decode_moment(*answer);
    if (!reached) return unreadable_answer();
    return *reached;
}

}  // namespace daybook::gateway
