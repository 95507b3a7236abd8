// Workload: what the clients of a run send. Random commands of every kind, keys used again with the
// same and with another command, batches and singles, outcomes and dry runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "ledger/command.h"
#include "schema/message.h"
#include "schema/submission.h"
#include "tests/oracle/random_commands.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/history.h"
#include "tests/simulation/marks.h"
#include "tests/simulation/swarm.h"

namespace daybook::simulation {

// A message on its way, from when it is made until it is answered for certain; sent unchanged each
// time.
struct Message {
    std::uint64_t client = 0;
    schema::MessageKind kind = schema::MessageKind::transfers;
    bool is_dry_run = false;
    ProducerId producer;
    std::vector<std::byte> bytes;
    std::vector<Id128> keys;        // of an `outcomes` message
    std::vector<AskId> asks;        // of any other that is no dry run
    std::vector<Command> commands;  // those that the generator wants to hear of; one an ask
    std::uint64_t tries = 0;
    Seq durable_when_taken;  // when the server last took it in
    bool is_done = false;
};

class Workload {
public:
    Workload(const Swarm& swarm, const Id128& book, Dice dice, History& history, Marks& marks);

    // Each fills in a message of a client, whose correlation is `number`.
    void open_book(Message& message, std::uint64_t number);
    void next(Message& message, std::uint64_t number, Stamp now);
    // A single small transfer.
    void small(Message& message, std::uint64_t number);
    // What became of an ask for certain.
    void note(const Message& message, std::size_t index, const schema::Receipt& receipt);

    ProducerId producer_of(std::uint64_t client) const;

private:
    struct Recent {
        ProducerId producer;
        Command command;
    };

    void begin(Message& message, std::uint64_t number, schema::MessageKind kind);
    void finish(Message& message);
    void fill_transfers(Message& message, std::uint64_t number, std::uint64_t count);
    void fill_commands(Message& message, std::uint64_t number, std::uint64_t count, Stamp now);
    void ask_outcomes(Message& message, std::uint64_t number);
    Transfer transfer();
    Command command(Stamp now);
    // A command that was asked before, by the same producer; null when there is none.
    const Command* earlier(ProducerId producer);
    bool add(Message& message, Command command);
    Id128 new_key();

    const Swarm& swarm_;
    Id128 book_;
    Dice dice_;
    History& history_;
    Marks& marks_;
    oracle::RandomCommands random_;
    schema::SubmissionBuilder builder_;
    std::deque<Recent> recent_;
    std::uint64_t keys_ = 0;
};

}  // namespace daybook::simulation
