// Service: what the routes work with. Lives on the HTTP thread; what blocks is done by the lane's
// thread and the workers'. Private to http/'s sources.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/command_client.h"
#include "gateway/query_client.h"
#include "http/account_reads.h"
#include "http/answer.h"
#include "http/bodies.h"
#include "http/command_lane.h"
#include "http/figures.h"
#include "http/metrics.h"
#include "http/names.h"
#include "http/options.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/the_book.h"
#include "http/tokens.h"
#include "http/workers.h"

namespace daybook::http {

struct Service {
    Service(const Options& chosen, Tokens known, const asio::any_io_executor& on);

    // Ends what others do for it. What still waits for them is dropped with the coroutines.
    void stop();

    // Cuts to what a caller may wait: 30 s.
    Deadline deadline(const Request& request, std::chrono::milliseconds otherwise) const;
    Seq head() const { return std::max(lane.head(), read_head); }
    void note_head(Seq head) { read_head = std::max(read_head, head); }

    Options options;
    Tokens tokens;
    asio::any_io_executor executor;
    std::function<void(const Error&)> on_failure;  // the gateway cannot go on
    TheBook book;
    Waits waits;
    Metrics metrics;
    Names names;
    CommandLane lane;
    // Each kind has threads of its own, so that none waits for what takes longer by its nature.
    Workers<gateway::QueryClient> readers;
    Workers<gateway::QueryClient> surveys;  // what looks at very many accounts
    Workers<gateway::QueryClient> facts;    // look_up.h
    // What became of a key is the way out of doubt: it does not queue behind dry runs.
    Workers<gateway::CommandClient> triers;    // dry runs
    Workers<gateway::CommandClient> outcomes;  // of keys
    AccountReads accounts;
    Stamp started_at;
    Seq read_head;  // the newest that a read has told of
    std::size_t connections = 0;
    Bodies bodies;
    std::size_t streams = 0;
    std::map<ProducerId, std::size_t> streams_of;
    bool is_draining = false;
    bool is_here = true;  // the listener is on loopback
    Figures figures;
};

// An answer of the query endpoint, and the head that it told of.
template <typename T>
struct Told {
    T value;
    Seq head;
};

// So many more, while it lives.
class Counted {
public:
    explicit Counted(std::size_t& count, std::size_t by = 1) : count_{count}, by_{by} {
        count_ += by_;
    }
    ~Counted() { count_ -= by_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    Counted(Counted&&) = delete;
    Counted& operator=(Counted&&) = delete;

private:
    std::size_t& count_;
    std::size_t by_;
};

// Why there is no answer in time; once waiting is over, that the gateway stops.
Problem unanswered(const Service& service, std::string_view code);

// Which projection a read may be answered from.
struct ReadCall {
    gateway::QueryClient& client;
    gateway::ReadAfter after;
    std::function<bool()> is_wanted;  // false: nobody waits for it any more

    // Of a Seq that is named, nothing older is an answer; kSeqMax is now.
    gateway::ReadAfter at_least(Seq named) const {
        if (named == kSeqMax) return after;
        return {std::max(after.min_seq, named), after.wait};
    }
};

// On a worker's thread. An error `try_again` is tried again until the deadline.
using Read = std::function<Result<Answer>(const ReadCall&)>;
enum class Extent { few, many };  // of what it looks at: many pages may take long
// Reads as Daybook-Min-Seq and Prefer say.
asio::awaitable<Answer> read(Service& service, const Request& request, Read read,
                             Extent extent = Extent::few);

// One of the service's, and what it is asked, on its thread and with a client that acts for the
// caller.
struct Ask {
    Workers<gateway::CommandClient>& of;
    std::function<Result<std::vector<schema::Receipt>>(gateway::CommandClient&)> question;
};
asio::awaitable<std::optional<Receipts>> ask(Service& service, const Request& request, Ask asked);

// The names of what receipts speak of. Those that are not there yet are waited for, and nobody
// is held up by it.
asio::awaitable<Result<KnownNames>> learn_names(Service& service,
                                                std::vector<AccountNumber> numbers,
                                                Deadline deadline);

}  // namespace daybook::http
