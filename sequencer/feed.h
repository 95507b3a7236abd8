// Feed: publishes the records of each durable block. Lossy by nature: a subscriber that sees a gap
// in the Seqs, or starts late, reads the journal. Private to sequencer/'s sources.
//
// A message carries whole records of one block (schema/run.h): the header (kind `records`, `head`
// the last Seq in the message, `count`), then one run.
#pragma once

#include <set>
#include <string>

#include <zmq.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "journal/block.h"

namespace daybook::sequencer {

class Feed {
public:
    static Result<Feed> open(zmq::context_t& context, const std::string& endpoint,
                             const Id128& book);

    // Takes in who has come and gone; called often, so that little of it waits.
    void count_subscribers();

    // Never blocks; a subscriber that is too slow loses messages. Costs nothing without
    // subscribers.
    void publish(const journal::BlockInfo& info, const journal::BlockBuilder& block);

private:
    Feed(zmq::socket_t socket, const Id128& book) : socket_{std::move(socket)}, book_{book} {}

    zmq::socket_t socket_;
    Id128 book_;
    std::set<std::string> topics_;  // that somebody subscribes to
};

}  // namespace daybook::sequencer
