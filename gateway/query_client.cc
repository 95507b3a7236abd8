#include "gateway/query_client.h"

#include <algorithm>
#include <utility>

#include <zmq.hpp>

#include "ledger/outcome.h"
#include "schema/receipts.h"

namespace daybook::gateway {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

std::unexpected<Error> unreadable() {
    return fail(ErrorCode::damaged,
                "the answer is not a message of this protocol; is it a Daybook's query endpoint?");
}

std::unexpected<Error> refused(const schema::MessageRefusal& refusal) {
    const std::string detail = std::string{name_of_code(refusal.code)} + ": " + refusal.detail;
    if (refusal.code == code_of(Malformation::other_book)) return fail(ErrorCode::damaged, detail);
    if (refusal.code == code_of(Malformation::unknown_kind)) return fail(ErrorCode::usage, detail);
    const bool is_refusal = refusal.code >= code_of(Refusal::idempotency_key_reused) &&
                            refusal.code < code_of(Malformation::bad_bytes);
    return fail(is_refusal ? ErrorCode::try_again : ErrorCode::bad_input, detail);
}

}  // namespace

struct QueryClient::Impl {
    explicit Impl(QueryClientOptions stated) : options{std::move(stated)} {
        socket.set(zmq::sockopt::immediate, 1);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::reconnect_ivl, 20);
        socket.set(zmq::sockopt::reconnect_ivl_max, 500);
        socket.set(zmq::sockopt::heartbeat_ivl, 1000);
        socket.set(zmq::sockopt::heartbeat_timeout, 10000);
        socket.set(zmq::sockopt::heartbeat_ttl, 30000);
        socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(schema::kAnswerBytesMax));
    }

    Result<void> open();
    // The whole message that answers `query`.
    Result<std::vector<std::byte>> ask(schema::Query query, const ReadAfter& after);
    bool send(Bytes message);
    // What answers `correlation`, if it has come; anything else is an answer nobody waits for.
    std::optional<std::vector<std::byte>> take(std::uint64_t correlation);
    void wait(steady_clock::time_point until);
    Result<std::vector<std::byte>> judge(std::vector<std::byte> answer) const;
    std::unexpected<Error> unanswered() const;

    QueryClientOptions options;
    zmq::context_t context{1};
    zmq::socket_t socket{context, zmq::socket_type::dealer};
    Id128 book;
    std::uint64_t correlation = 0;
    bool was_overloaded = false;
};

Result<void> QueryClient::Impl::open() {
    try {
        socket.connect(options.endpoint);
    } catch (const zmq::error_t& error) {
        return fail(ErrorCode::configuration, "cannot connect to '" + options.endpoint +
                                                  "': " + error.what() +
                                                  "; use tcp://HOST:PORT or ipc://PATH");
    }
    const auto answer = ask({}, {});
    if (!answer) return std::unexpected{answer.error()};
    const auto status = schema::decode_status(*answer);
    if (!status) return unreadable();
    book = status->book;
    return {};
}

bool QueryClient::Impl::send(Bytes message) {
    try {
        return socket
            .send(zmq::const_buffer{message.data(), message.size()}, zmq::send_flags::dontwait)
            .has_value();
    } catch (const zmq::error_t&) {
        return false;  // interrupted by a signal: it stays due
    }
}

std::optional<std::vector<std::byte>> QueryClient::Impl::take(std::uint64_t wanted) {
    for (;;) {
        zmq::message_t message;
        try {
            if (!socket.recv(message, zmq::recv_flags::dontwait)) return std::nullopt;
        } catch (const zmq::error_t&) {
            return std::nullopt;
        }
        const auto* bytes = message.data<std::byte>();
        const auto header = schema::decode_header({bytes, message.size()});
        if (header && header->correlation == wanted) return {{bytes, bytes + message.size()}};
    }
}

void QueryClient::Impl::wait(steady_clock::time_point until) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
    try {
        zmq::poll(&item, 1, std::clamp(left, milliseconds{1}, milliseconds{50}));
    } catch (const zmq::error_t&) {
        // Interrupted by a signal: look again.
    }
}

Result<std::vector<std::byte>> QueryClient::Impl::ask(schema::Query query, const ReadAfter& after) {
    const milliseconds wait_max =
        std::clamp(after.wait, milliseconds{0}, milliseconds{schema::kWaitMsMax});
    query.min_seq = after.min_seq;
    query.wait_ms = static_cast<std::uint32_t>(wait_max.count());
    const auto message = schema::encode_query(query, book, ++correlation);
    if (message.size() > schema::kQueryBytesMax) {
        return fail(ErrorCode::usage, "the query does not fit 256 KiB; ask for less at a time");
    }
    was_overloaded = false;
    const auto begun = steady_clock::now();
    const auto end = begun + options.give_up_after + wait_max;
    auto send_at = begun;
    auto patience = options.resend_after + wait_max;
    for (;;) {
        const auto now = steady_clock::now();
        if (now >= end) return unanswered();
        // Without a connection nothing is sent, and it stays due.
        if (now >= send_at && send(message)) {
            send_at = now + patience;
            patience *= 2;
        }
        if (auto answer = take(correlation)) {
            const auto refusal = schema::decode_refusal(*answer);
            if (!refusal || refusal->code != code_of(Refusal::overloaded)) {
                return judge(*std::move(answer));
            }
            was_overloaded = true;
            send_at = now + milliseconds{std::max(refusal->retry_after_ms, 1U)};
        }
        wait(std::min(end, std::max(send_at, now)));
    }
}

Result<std::vector<std::byte>> QueryClient::Impl::judge(std::vector<std::byte> answer) const {
    if (const auto refusal = schema::decode_refusal(answer)) return refused(*refusal);
    const auto header = schema::decode_header(answer);
    if (!header) return unreadable();
    if (!book.is_none() && header->book != book) {
        return fail(ErrorCode::damaged, "book " + to_hex(header->book.bytes) + " answers at " +
                                            options.endpoint + ", where " + to_hex(book.bytes) +
                                            " was; connect again");
    }
    return answer;
}

std::unexpected<Error> QueryClient::Impl::unanswered() const {
    if (was_overloaded) {
        return fail(ErrorCode::try_again,
                    "overloaded: too many queries wait at " + options.endpoint + "; ask again");
    }
    return fail(ErrorCode::unreachable,
                "no answer from the query endpoint " + options.endpoint + " in " +
                    std::to_string(options.give_up_after.count()) +
                    " ms; is `daybook serve` (or `daybook projector`) running there?");
}

QueryClient::QueryClient(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
QueryClient::~QueryClient() = default;

Result<std::unique_ptr<QueryClient>> QueryClient::connect(const QueryClientOptions& options) {
    auto impl = std::make_unique<Impl>(options);
    if (auto opened = impl->open(); !opened) return std::unexpected{opened.error()};
    return std::unique_ptr<QueryClient>{new QueryClient{std::move(impl)}};
}

const Id128& QueryClient::book() const {
    return impl_->book;
}

Result<schema::Status> QueryClient::status(const ReadAfter& after) {
    const auto answer = impl_->ask({}, after);
    if (!answer) return std::unexpected{answer.error()};
    const auto status = schema::decode_status(*answer);
    if (!status) return unreadable();
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
    if (!balances || balances->lines.size() != codes.size()) return unreadable();
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
    if (!balances || balances->lines.size() != numbers.size()) return unreadable();
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
    if (!range) return unreadable();
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
        if (!page) return unreadable();
        // Accounts never go away, so later pages show all that the first one's moment had.
        if (is_first) all.standing = page->standing;
        if (page->accounts.empty()) return all;
        if (page->accounts.back().code <= last) return unreadable();  // it would never end
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
    if (!statement) return unreadable();
    if (statement->closing.opened > range.to) {
        return fail(ErrorCode::not_found, "account '" + account + "' was opened at seq " +
                                              std::to_string(statement->closing.opened.value()) +
                                              ", after seq " + std::to_string(range.to.value()));
    }
    const auto& lines = statement->lines;
    // Paging that did not go back would never end.
    const bool goes_back = lines.empty() || range.before.is_none() || lines[0].at < range.before;
    if (!goes_back || lines.size() > range.lines_max) return unreadable();
    return *std::move(statement);
}

Result<schema::SeqAtMoment> QueryClient::seq_at(Stamp moment, const ReadAfter& after) {
    schema::Query query;
    query.kind = schema::MessageKind::moment;
    query.moment = moment;
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    const auto reached = schema::decode_moment(*answer);
    if (!reached) return unreadable();
    return *reached;
}

}  // namespace daybook::gateway
