#include "http/service.h"

#include <utility>

#include "http/look_up.h"
#include "http/problem.h"

namespace daybook::http {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kReaders = 2;
constexpr milliseconds kReadWait{2000};
constexpr milliseconds kLookAgain{4};
constexpr milliseconds kAskWait{5000};

gateway::QueryClientOptions options_for(const Options& options, const gateway::QueryClient*) {
    gateway::QueryClientOptions chosen;
    chosen.endpoint = options.queries;
    chosen.resend_after = milliseconds{500};
    chosen.give_up_after = milliseconds{2000};
    return chosen;
}

gateway::ClientOptions options_for(const Options& options, const gateway::CommandClient*) {
    gateway::ClientOptions chosen;
    chosen.endpoint = options.sequencer;
    chosen.connect_within = milliseconds{500};
    chosen.give_up_after = milliseconds{3000};
    chosen.wants_touches = true;
    chosen.waits_when_refused = false;
    return chosen;
}

template <typename Client>
typename Workers<Client>::Connect connector(Service& service) {
    return [&book = service.book,
            chosen = options_for(service.options, static_cast<const Client*>(nullptr))] {
        return book.check(Client::connect(chosen), chosen.endpoint);
    };
}

Error too_many() {
    return {ErrorCode::try_again, "too many reads are waiting"};
}

Error no_answer() {
    return {ErrorCode::unreachable, "no answer"};
}

}  // namespace

Service::Service(const Options& chosen, Tokens known, const asio::any_io_executor& on)
    : options{chosen},
      tokens{std::move(known)},
      executor{on},
      book{[this](const Error& error) {
          asio::post(executor, [this, error] {
              if (on_failure) on_failure(error);
          });
      }},
      waits{on},
      lane{chosen, on, book},
      readers{kReaders, chosen.caps.reads_waiting_max, connector<gateway::QueryClient>(*this)},
      surveys{1, chosen.caps.reads_waiting_max, connector<gateway::QueryClient>(*this)},
      facts{1, chosen.caps.reads_waiting_max, connector<gateway::QueryClient>(*this)},
      triers{1, chosen.caps.reads_waiting_max, connector<gateway::CommandClient>(*this)},
      outcomes{1, chosen.caps.reads_waiting_max, connector<gateway::CommandClient>(*this)},
      accounts{chosen, waits, readers},
      started_at{SystemClock{}.now()},
      bodies{chosen.caps.all_bodies_bytes_max, tokens.are_needed()
                                                   ? chosen.caps.bodies_of_producer_bytes_max
                                                   : chosen.caps.all_bodies_bytes_max} {}

void Service::stop() {
    lane.stop();
    readers.stop();
    surveys.stop();
    facts.stop();
    triers.stop();
    outcomes.stop();
    accounts.stop();
}

Deadline Service::deadline(const Request& request, milliseconds otherwise) const {
    const auto seconds = wait_in(request.prefer);
    return steady_clock::now() + (seconds ? milliseconds{*seconds * 1000} : otherwise);
}

Problem unanswered(const Service& service, std::string_view code) {
    if (service.waits.are_over()) {
        return Problem{"not_ready",
                       "the gateway is stopping; another one, or this one when it is "
                       "back, answers the same request"};
    }
    return Problem{code};
}

asio::awaitable<Answer> read(Service& service, const Request& request, Read read, Extent extent) {
    using Outcome = Told<Result<Answer>>;
    auto& readers = extent == Extent::many ? service.surveys : service.readers;
    const Seq min_seq{parse_digits(request.min_seq).value_or(0)};
    const auto until = service.deadline(request, kReadWait);
    // However short the wait: an answer that needs none of it is worth more.
    const auto patience = steady_clock::now() + milliseconds{10'000};
    for (;;) {
        auto waiting = std::make_shared<Waiting<Outcome>>(service.waits);
        const bool is_taken =
            readers.submit([waiting, read, min_seq](Result<gateway::QueryClient*> client) {
                if (!waiting->is_wanted()) return;
                Outcome outcome{std::unexpected{no_answer()}, {}};
                if (client) {
                    const ReadCall call{**client, {min_seq, milliseconds{0}}, [&waiting] {
                                            return waiting->is_wanted();
                                        }};
                    outcome = {read(call), (*client)->head()};
                } else {
                    outcome.value = std::unexpected{client.error()};
                }
                Waiting<Outcome>::post(waiting, std::move(outcome));
            });
        if (!is_taken) co_return Problem{"overloaded"}.answer();
        auto outcome = co_await Waiting<Outcome>::wait(waiting, patience);
        if (!outcome) co_return unanswered(service, "read_unavailable").answer();
        service.note_head(outcome->head);
        auto& answer = outcome->value;
        if (answer) co_return *std::move(answer);
        const bool may_come = answer.error().code == ErrorCode::try_again;
        if (!may_come || service.waits.are_over() || steady_clock::now() + kLookAgain >= until) {
            co_return problem_of(answer.error()).answer();
        }
        asio::steady_timer timer{service.executor, kLookAgain};
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

namespace {

Receipts receipts_of(gateway::CommandClient& client, ProducerId producer,
                     const decltype(Ask::question)& question) {
    client.act_for(producer);
    auto receipts = question(client);
    if (receipts) return *std::move(receipts);
    return std::unexpected{Unanswered{receipts.error(), client.retry_after()}};
}

}  // namespace

asio::awaitable<std::optional<Receipts>> ask(Service& service, const Request& request, Ask asked) {
    auto waiting = std::make_shared<Waiting<Receipts>>(service.waits);
    const bool is_taken = asked.of.submit(
        [waiting, question = std::move(asked.question),
         producer = request.caller.producer](Result<gateway::CommandClient*> client) {
            if (!waiting->is_wanted()) return;
            Waiting<Receipts>::post(waiting, client ? receipts_of(**client, producer, question)
                                                    : Receipts{std::unexpected{client.error()}});
        });
    if (!is_taken) co_return Receipts{std::unexpected{too_many()}};
    // Prefer is about commands that are to be durable; these are answered at once or not at all.
    co_return co_await Waiting<Receipts>::wait(waiting, steady_clock::now() + kAskWait);
}

asio::awaitable<Result<KnownNames>> learn_names(Service& service,
                                                std::vector<AccountNumber> numbers,
                                                Deadline deadline) {
    auto known = service.names.known(numbers);
    if (known) co_return *std::move(known);
    const Question<KnownNames> question = [&service, numbers](gateway::QueryClient& client) {
        return service.names.learn(client, numbers);
    };
    co_return co_await look_up<KnownNames>(service, question, deadline);
}

}  // namespace daybook::http
