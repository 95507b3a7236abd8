// RecordSource: where a subscription reads what the feed did not bring: the query endpoint, or a
// journal on this machine. LiveFeed: what tells it of new records as they become durable, without a
// promise. Both are seams; one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/numbers.h"

namespace daybook::gateway {

struct RecordPage {
    std::vector<std::byte> runs;  // schema/run.h; empty when nothing is at or after what was asked
    Seq head;                     // the journal's, at least the last of the runs
};

struct AccountsUnderPath {
    std::vector<AccountNumber> numbers;
    Seq as_of;  // every account opened up to here is among them; later ones may be
};

class RecordSource {
public:
    RecordSource() = default;
    virtual ~RecordSource() = default;
    RecordSource(const RecordSource&) = delete;
    RecordSource& operator=(const RecordSource&) = delete;
    RecordSource(RecordSource&&) = delete;
    RecordSource& operator=(RecordSource&&) = delete;

    virtual const Id128& book() const = 0;
    // Whole records from `from` on (at least 1), in order, about 1 MiB at most but one at least
    // when there is one. `unreachable` and `try_again` are worth asking again.
    virtual Result<RecordPage> records(Seq from) = 0;
    // The accounts whose code is `path` or starts with it and a colon.
    virtual Result<AccountsUnderPath> accounts(const std::string& path) = 0;
};

enum class Heard {
    nothing,  // until the timeout
    records,  // a message of the feed
    look,     // the source may have more
};

class LiveFeed {
public:
    LiveFeed() = default;
    virtual ~LiveFeed() = default;
    LiveFeed(const LiveFeed&) = delete;
    LiveFeed& operator=(const LiveFeed&) = delete;
    LiveFeed(LiveFeed&&) = delete;
    LiveFeed& operator=(LiveFeed&&) = delete;

    // Waits for up to `timeout`; fills `message` when records came. Messages may be lost, repeated
    // and out of order.
    virtual Heard receive(std::vector<std::byte>& message, std::chrono::milliseconds timeout) = 0;
    // As far as is known.
    virtual bool is_connected() const = 0;
};

}  // namespace daybook::gateway
