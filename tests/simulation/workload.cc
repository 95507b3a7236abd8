#include "tests/simulation/workload.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/check.h"
#include "ledger/form.h"

namespace daybook::simulation {

namespace {

constexpr std::size_t kRecentMax = 64;
// Larger batches are of transfers only: a command of another kind costs as much as ten.
constexpr std::uint64_t kCommandsAtOnce = 64;

Command with_key(Command command, const Id128& key) {
    std::visit(
        [&](auto& stated) {
            if constexpr (requires { stated.key; }) stated.key = key;
        },
        command);
    return command;
}

}  // namespace

Workload::Workload(const Swarm& swarm, const Id128& book, Dice dice, History& history, Marks& marks)
    : swarm_{swarm},
      book_{book},
      dice_{dice},
      history_{history},
      marks_{marks},
      random_{dice_.next()} {}

ProducerId Workload::producer_of(std::uint64_t client) const {
    return ProducerId{static_cast<std::uint32_t>(1 + client % swarm_.producers)};
}

Id128 Workload::new_key() {
    Id128 key;
    key.bytes[0] = 0xb0;
    ++keys_;
    for (std::size_t i = 0; i < 8; ++i)
        key.bytes.at(15 - i) = static_cast<std::uint8_t>(keys_ >> (8 * i));
    return key;
}

void Workload::begin(Message& message, std::uint64_t number, schema::MessageKind kind) {
    message.kind = kind;
    message.producer = producer_of(message.client);
    const bool wants_touches = dice_.chance(30);
    const unsigned flags =
        (wants_touches ? static_cast<unsigned>(schema::MessageFlag::want_touches) : 0U) |
        (message.is_dry_run ? static_cast<unsigned>(schema::MessageFlag::dry_run) : 0U);
    builder_.begin(kind, book_, number, static_cast<std::uint8_t>(flags), message.producer);
}

// Copies the message and tells the history where each command lies in it.
void Workload::finish(Message& message) {
    const Bytes bytes = builder_.message();
    message.bytes.assign(bytes.begin(), bytes.end());
    if (message.is_dry_run) return;
    const Bytes body = Bytes{message.bytes}.subspan(schema::kMessageHeaderBytes);
    schema::FrameReader frames{body};
    for (std::size_t i = 0; i < message.commands.size(); ++i) {
        const bool is_transfer = message.kind == schema::MessageKind::transfers;
        const Bytes command = is_transfer
                                  ? body.subspan(i * schema::kTransferBytes, schema::kTransferBytes)
                                  : frames.next().value();
        const Command& asked = message.commands[i];
        message.asks.push_back(history_.ask({.producer = message.producer,
                                             .key = key_of(asked),
                                             .kind = kind_of(asked),
                                             .command = command}));
    }
}

bool Workload::add(Message& message, Command command) {
    const auto* transfer = std::get_if<Transfer>(&command);
    const bool is_added =
        transfer != nullptr ? builder_.add_transfer(*transfer) : builder_.add_command(command);
    if (!is_added) return false;
    const auto has_key = [&](const Command& other) { return key_of(other) == key_of(command); };
    if (message.commands.size() <= kCommandsAtOnce &&
        std::ranges::any_of(message.commands, has_key)) {
        marks_.hit(Mark::repeat_in_one_message);
    }
    if (dice_.chance(20)) {
        recent_.push_back({message.producer, command});
        if (recent_.size() > kRecentMax) recent_.pop_front();
    }
    message.commands.push_back(std::move(command));
    return true;
}

const Command* Workload::earlier(ProducerId producer) {
    for (int tries = 0; tries < 4 && !recent_.empty(); ++tries) {
        const Recent& recent = recent_[dice_.below(recent_.size())];
        if (recent.producer == producer) return &recent.command;
    }
    return nullptr;
}

Transfer Workload::transfer() {
    const AccountNumber debit{1 + dice_.below(9)};
    const AccountNumber credit{1 + dice_.below(9)};
    return {new_key(), debit, credit, Amount{dice_.between(1, 100)}, {}, {}};
}

Command Workload::command(Stamp now) {
    for (;;) {
        auto made = random_.next(now);
        if (check_form(made) == Malformation::none) return made;
    }
}

void Workload::open_book(Message& message, std::uint64_t number) {
    begin(message, number, schema::MessageKind::commands);
    for (auto& opening : random_.opening())
        CHECK_INVARIANT(add(message, std::move(opening)), "the opening fits a message");
    finish(message);
}

void Workload::small(Message& message, std::uint64_t number) {
    fill_transfers(message, number, 1);
}

void Workload::next(Message& message, std::uint64_t number, Stamp now) {
    if (dice_.chance(swarm_.other_percent)) {
        if (dice_.chance(60) && !recent_.empty()) return ask_outcomes(message, number);
        message.is_dry_run = true;
    }
    const std::uint64_t count = dice_.chance(30) ? 1 : dice_.spread(1, swarm_.batch_max);
    if (count > kCommandsAtOnce || dice_.chance(40)) {
        fill_transfers(message, number, count);
    } else {
        fill_commands(message, number, count, now);
    }
}

void Workload::fill_transfers(Message& message, std::uint64_t number, std::uint64_t count) {
    begin(message, number, schema::MessageKind::transfers);
    if (count >= 1000) marks_.hit(Mark::batch_of_thousand);
    for (std::uint64_t i = 0; i < count; ++i) {
        Transfer made = transfer();
        // In large batches as often, not in each command.
        if (dice_.below(count) < 4) {
            const Command* before = earlier(message.producer);
            const auto* same = before == nullptr ? nullptr : std::get_if<Transfer>(before);
            if (same != nullptr && dice_.chance(swarm_.repeat_percent)) {
                made = *same;
            } else if (before != nullptr && dice_.chance(swarm_.reuse_percent)) {
                made.key = key_of(*before);
            }
        }
        if (!add(message, made)) break;
    }
    finish(message);
}

void Workload::fill_commands(Message& message, std::uint64_t number, std::uint64_t count,
                             Stamp now) {
    begin(message, number, schema::MessageKind::commands);
    while (message.commands.size() < count) {
        Command made = command(now);
        const Command* before = earlier(message.producer);
        if (before != nullptr && dice_.chance(swarm_.repeat_percent)) {
            made = *before;
        } else if (before != nullptr && dice_.chance(swarm_.reuse_percent)) {
            made = with_key(std::move(made), key_of(*before));
        }
        // A transfer has a form and a message of its own.
        if (std::holds_alternative<Transfer>(made)) continue;
        if (!add(message, std::move(made))) break;
    }
    finish(message);
}

void Workload::ask_outcomes(Message& message, std::uint64_t number) {
    begin(message, number, schema::MessageKind::outcomes);
    for (auto count = dice_.between(1, 4); count > 0; --count) {
        const Command* before = dice_.chance(70) ? earlier(message.producer) : nullptr;
        message.keys.push_back(before != nullptr ? key_of(*before) : new_key());
        CHECK_INVARIANT(builder_.add_key(message.keys.back()), "a few keys fit a message");
    }
    const Bytes bytes = builder_.message();
    message.bytes.assign(bytes.begin(), bytes.end());
}

void Workload::note(const Message& message, std::size_t index, const schema::Receipt& receipt) {
    // Of large batches a few are enough to reverse.
    if (receipt.seq == Seq{} || receipt.is_replay || (index > 8 && index % 64 != 0)) return;
    random_.note(message.commands[index], receipt.verdict == Verdict::accepted, receipt.seq);
}

}  // namespace daybook::simulation
