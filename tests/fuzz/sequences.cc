// Messages of several peers into the sequencer's state machine, one after the other, as the loop
// hands them over: whatever they say, the invariants hold after each. The input is a sequence of
// steps; a step's first byte says what is sent, and by whom.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include "journal/environment.h"
#include "schema/submission.h"
#include "sequencer/core.h"
#include "tests/fuzz/operations.h"

namespace daybook::fuzz {

// A whole history of a book: some hundred commands, each several times.
const std::chrono::milliseconds kTimeLimit{50};

namespace {

using schema::MessageKind;
using schema::Receipt;

constexpr Id128 kBook{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
constexpr std::size_t kStepsMax = 32;

// An empty journal: what is decided here never leaves memory.
sequencer::RecordFinder open_finder() {
    std::string directory = (std::filesystem::temp_directory_path() / "daybook-XXXXXX").string();
    must(mkdtemp(directory.data()) != nullptr, "there is a directory for temporary files");
    must(journal::Environment::create(directory + "/journal", kBook, Stamp{1}).has_value(),
         "an empty journal is made");
    const auto environment =
        journal::Environment::open(directory + "/journal", journal::Access::read_write);
    must(environment.has_value(), "an empty journal opens");
    auto finder = sequencer::RecordFinder::open(*environment);
    must(finder.has_value(), "an empty journal is read");
    std::filesystem::remove_all(directory);
    return *std::move(finder);
}

struct Sums {
    Uint128 debits = 0;
    Uint128 credits = 0;
    Uint128 held_debits = 0;
    Uint128 held_credits = 0;
};

class History {
public:
    History() {
        finder().set_blocks(&first(), &second());
        first().begin(Seq{1}, Stamp{1000});
        second().begin(Seq{1}, Stamp{1000});
        block_ = &first();
        static const std::vector<std::byte> beginning = first_message();
        const auto message = schema::SubmissionView::parse(beginning, kBook);
        must(message && decide(*message, kLoopbackProducer).back().verdict == Verdict::accepted,
             "a book begins with its accounts");
    }

    void step(Input& input) {
        const auto what = input.number();
        const ProducerId peer{2U + (what >> 6U)};
        switch (what & 7) {
            case 0: {
                const auto size = input.number<std::uint16_t>();
                return send(Exact{input.take(size)}.bytes(), peer);
            }
            case 1: {
                // A frame that need not be a command.
                std::vector<std::byte> frames;
                const auto size = input.number<std::uint16_t>();
                schema::append_frame(frames, input.take(size % 2048));
                message_.begin(MessageKind::commands, kBook, 1);
                if (message_.add_encoded(frames, 1)) send(message_.message(), peer);
                return;
            }
            case 2:
                return pass_time(input.number());
            case 3:
                return look_up(input);
            default:
                return send_commands(input, 1 + (what >> 3 & 7U), peer);
        }
    }

    // What was recorded brings another state machine to the same state.
    void check_restored() {
        sequencer::Core restored{finder()};
        for (Seq seq{1}; seq <= core_.head(); seq = seq.next()) {
            const auto found = finder().find(seq);
            must(found.has_value(), "each record is found");
            must(found->record.seq() == seq, "each record has its Seq");
            const auto taken = restored.restore(found->record, found->stamp);
            if (!taken) broken(taken.error().detail.c_str());
        }
        must(restored.head() == core_.head(), "all of it is restored");
        must(restored.book().account_count() == core_.book().account_count(),
             "the restored book has the same accounts");
        for (std::uint64_t value = 1; value <= core_.book().account_count(); ++value) {
            const AccountNumber number{value};
            const Account& was = *core_.book().find(number);
            const Account& is = *restored.book().find(number);
            must(was.totals == is.totals && was.version == is.version && was.state == is.state &&
                     was.history.last() == is.history.last(),
                 "a restored account is as it was");
            must(core_.book().terms(number).limits == restored.book().terms(number).limits,
                 "a restored account has its limits");
        }
        must(core_.book().holds().open_ids() == restored.book().holds().open_ids(),
             "the same holds are open");
    }

private:
    static std::vector<std::byte> first_message() {
        schema::SubmissionBuilder message;
        message.begin(MessageKind::commands, kBook, 1);
        for (const auto& command : first_commands())
            must(message.add_command(command), "the first commands fit");
        const Bytes bytes = message.message();
        return {bytes.begin(), bytes.end()};
    }
    static sequencer::RecordFinder& finder() {
        static sequencer::RecordFinder kept = open_finder();
        return kept;
    }
    static journal::BlockBuilder& first() {
        static journal::BlockBuilder kept{1 << 20};
        return kept;
    }
    static journal::BlockBuilder& second() {
        static journal::BlockBuilder kept{1 << 20};
        return kept;
    }

    void send_commands(Input& input, std::size_t count, ProducerId peer) {
        const bool are_transfers = count == 8;
        message_.begin(are_transfers ? MessageKind::transfers : MessageKind::commands, kBook, 1);
        for (; count > 0; --count) {
            const auto command = take_command(input);
            const auto* transfer = std::get_if<Transfer>(&command);
            if (are_transfers != (transfer != nullptr)) continue;
            if (are_transfers ? !message_.add_transfer(*transfer)
                              : !message_.add_command(command)) {
                break;
            }
        }
        send(message_.message(), peer);
    }

    // As the loop: a block takes commands in only when nothing is due.
    void pass_time(unsigned much) {
        if (block_ == &second()) return;  // older records would have to be in the journal
        block_ = &second();
        block_->begin(core_.next_seq(), Stamp{1000 + std::int64_t{much} * 100});
        core_.expire_due(*block_);
        must(!core_.has_due(block_->stamp()), "what is due has expired");
        check_book();
    }

    void look_up(Input& input) {
        message_.begin(MessageKind::outcomes, kBook, 1);
        for (std::size_t count = input.number() & 7U; count > 0; --count) {
            Id128 key;
            key.bytes[0] = 0x7e;
            key.bytes[15] = input.number() & 0x3f;
            must(message_.add_key(key), "few keys fit");
        }
        send(message_.message(), ProducerId{2});
    }

    void send(Bytes bytes, ProducerId peer) {
        const auto message = schema::SubmissionView::parse(bytes, kBook);
        if (!message) return;
        const auto kind = message->header().kind;
        if (kind == MessageKind::resolve) {
            must(core_.resolve(*message).size() == message->count(), "each code is answered");
        } else if (kind == MessageKind::outcomes) {
            receipts_.begin(message->header(), kBook);
            must(core_.look_up(*message, peer, receipts_).has_value(), "keys can be looked up");
            must(answer().size() == message->count(), "each key is answered");
        } else if (kind == MessageKind::transfers || kind == MessageKind::commands) {
            if (message->header().has(schema::MessageFlag::dry_run)) return dry_run(*message, peer);
            execute(*message, peer);
        }
    }

    void dry_run(const schema::SubmissionView& message, ProducerId peer) {
        const Seq before = core_.head();
        receipts_.begin(message.header(), kBook);
        must(core_.dry_run(message, peer, block_->stamp(), receipts_).has_value(),
             "it can be tried");
        must(answer().size() == message.count() && core_.head() == before,
             "trying changes nothing and answers all");
    }

    void execute(const schema::SubmissionView& message, ProducerId peer) {
        Seq head = core_.head();
        const auto receipts = decide(message, peer);
        for (const auto& receipt : receipts) {
            const bool is_new = !receipt.is_replay && (receipt.verdict == Verdict::accepted ||
                                                       receipt.verdict == Verdict::rejected);
            if (is_new) {
                must(receipt.seq == head.next(), "Seqs are contiguous");
                head = head.next();
            } else if (!receipt.is_replay) {
                must(receipt.seq == Seq{}, "what was not decided has no Seq");
            }
        }
        must(head == core_.head(), "each decided command has a receipt");
        check_book();
        const auto repeated = decide(message, peer);
        for (std::size_t i = 0; i < receipts.size(); ++i)
            check_repeat(receipts[i], repeated[i]);
    }

    static void check_repeat(const Receipt& before, const Receipt& now) {
        constexpr auto kOverloaded = code_of(Refusal::overloaded);
        if (before.code == kOverloaded || now.code == kOverloaded) return;
        must(before.verdict == now.verdict && before.code == now.code && before.seq == now.seq &&
                 before.stamp == now.stamp && before.subject == now.subject &&
                 before.remarks == now.remarks && before.touches == now.touches,
             "a repeat has the first receipt");
        must(now.is_replay || now.seq == Seq{}, "a repeat is decided once");
    }

    std::vector<Receipt> decide(const schema::SubmissionView& message, ProducerId peer) {
        receipts_.begin(message.header(), kBook);
        std::size_t done = 0;
        must(core_.execute(message, peer, *block_, receipts_, done).has_value(),
             "commands can be decided");
        must(done == message.count(), "a small block takes all of a message");
        must(block_->next_seq() == core_.next_seq(), "each decided command has a record");
        return answer();
    }

    std::vector<Receipt> answer() {
        answer_.resize(receipts_.message_bytes());
        receipts_.write(core_.head(), answer_);
        auto receipts = schema::decode_receipts(answer_);
        must(receipts.has_value(), "an answer of ours is well-formed");
        return *std::move(receipts);
    }

    // In each asset debits are credits, and what is held by one side is held by the other.
    void check_book() const {
        std::map<std::uint64_t, Sums> assets;
        for (std::uint64_t value = 1; value <= core_.book().account_count(); ++value) {
            const Account& account = *core_.book().find(AccountNumber{value});
            auto& sums = assets[account.asset.value()];
            sums.debits += account.totals.posted_debits.minor_units();
            sums.credits += account.totals.posted_credits.minor_units();
            sums.held_debits += account.totals.held_debits.minor_units();
            sums.held_credits += account.totals.held_credits.minor_units();
            check_limits(AccountNumber{value}, account);
        }
        for (const auto& [asset, sums] : assets) {
            must(sums.debits == sums.credits, "debits are credits");
            must(sums.held_debits == sums.held_credits, "held debits are held credits");
        }
    }

    // A limit may be set below or above where the balance is; nothing then moves it further away.
    void check_limits(AccountNumber number, const Account& account) const {
        must(account.version != 0 || account.totals == Totals{}, "only touches change totals");
        must(core_.book().terms(number).opened <= core_.head(), "an account was opened before");
    }

    journal::BlockBuilder* block_ = nullptr;
    sequencer::Core core_{finder()};
    schema::SubmissionBuilder message_;
    schema::ReceiptsBuilder receipts_;
    std::vector<std::byte> answer_;
};

}  // namespace

void test_one(Bytes input) {
    Input steps{input};
    const bool is_restored = (steps.number() & 3) == 0;
    History history;
    for (std::size_t i = 0; i < kStepsMax && !steps.is_at_end(); ++i)
        history.step(steps);
    if (is_restored) history.check_restored();
}

}  // namespace daybook::fuzz
