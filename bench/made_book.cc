#include "bench/made_book.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "bench/accounts.h"
#include "bench/environment.h"
#include "bench/random.h"
#include "gateway/key.h"
#include "journal/block.h"
#include "journal/reader.h"
#include "journal/writer.h"
#include "ledger/book.h"
#include "ledger/decide.h"
#include "projector/projector.h"
#include "schema/command_codec.h"
#include "schema/record.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t kBlockRecords = 8190;  // what a full message makes
constexpr std::uint64_t kHotAccounts = 16;

// Does the sequencer's work on one thread, without keys to look up and answers to give.
class Maker {
public:
    explicit Maker(std::unique_ptr<journal::Writer> writer)
        : writer_{std::move(writer)}, keys_{KeySpace::start(SystemClock{}.now())} {
        begin();
    }

    Result<void> make(const BookOptions& options, StopSignals& signals) {
        submit(DefineAsset{next_key(), kAsset, 2});
        for (std::uint64_t i = 1; i <= options.accounts; ++i) {
            submit(OpenAccount{
                next_key(), "bench:" + std::to_string(i), kAsset, AccountType::liability, {}});
            if (auto done = commit_if(kBlockRecords); !done) return done;
        }
        for (std::uint64_t i = 0; i < options.records; ++i) {
            submit(random_transfer(options.accounts));
            if (block_.record_count() < kBlockRecords) continue;
            if (auto done = commit_if(kBlockRecords); !done) return done;
            if (options.on_progress) options.on_progress(i);
            if (signals.has_come()) return fail(ErrorCode::try_again, "stopped by a signal");
        }
        return commit_if(1);
    }

private:
    void begin() {
        block_.begin(writer_->head().last_seq().next(),
                     std::max(writer_->head().stamp, SystemClock{}.now()));
    }
    Result<void> commit_if(std::uint64_t records) {
        if (block_.record_count() < records) return {};
        const auto appended = writer_->append(block_);
        if (!appended) return std::unexpected{appended.error()};
        begin();
        return {};
    }
    void submit(const Command& command) {
        const Seq seq = block_.next_seq();
        const Turn turn{seq, block_.stamp()};
        if (const auto* transfer = std::get_if<Transfer>(&command)) {
            decision_.clear();
            decide(book_, *transfer, turn, decision_);
        } else {
            decide(book_, Facts{}, command, turn, decision_);
        }
        if (decision_.is_accepted()) apply(book_, seq, decision_);
        const Bytes bytes = encoder_.encode(command);
        schema::encode_record(block_.append(schema::record_bytes(bytes.size(), decision_)), seq,
                              kLoopbackProducer, kind_of(command), bytes, decision_);
    }
    Transfer random_transfer(std::uint64_t accounts) {
        const bool is_hot = random_.below(2) == 0;
        const std::uint64_t debit =
            random_.below(is_hot ? std::min(kHotAccounts, accounts) : accounts);
        std::uint64_t credit = random_.below(accounts - 1);
        if (credit >= debit) ++credit;
        return {next_key(),
                AccountNumber{debit + 1},
                AccountNumber{credit + 1},
                Amount{0, 1 + random_.below(100'000)},
                {},
                {}};
    }
    Id128 next_key() { return keys_.key(made_++); }

    std::unique_ptr<journal::Writer> writer_;
    journal::BlockBuilder block_{std::size_t{4} << 20};
    Book book_;
    Decision decision_;
    schema::CommandEncoder encoder_;
    KeySpace keys_;
    Random random_{1};
    std::uint64_t made_ = 0;
};

Result<void> make_journal(const std::filesystem::path& directory, const BookOptions& options,
                          StopSignals& signals) {
    std::error_code problem;
    std::filesystem::create_directories(directory.parent_path(), problem);
    const Stamp now = SystemClock{}.now();
    auto made = journal::Environment::create(directory, gateway::new_key(now), now);
    if (!made) return made;
    auto environment = journal::Environment::open(directory, journal::Access::read_write);
    if (!environment) return std::unexpected{environment.error()};
    auto writer = journal::Writer::open(*environment);
    if (!writer) return std::unexpected{writer.error()};
    return Maker{*std::move(writer)}.make(options, signals);
}

}  // namespace

Result<MadeBook> MadeBook::open(const BookOptions& options) {
    if (options.accounts < 2) return fail(ErrorCode::usage, "a transfer needs two accounts");
    constexpr double kBytes = 450;  // a record's, with what the projection keeps of it
    const bool has_journal =
        !options.data.empty() && journal::Environment::exists(options.data / "journal");
    const auto has_room =
        check_room(options.dir, has_journal ? 0 : kBytes * static_cast<double>(options.records));
    if (!has_room) return std::unexpected{has_room.error()};
    MadeBook book;
    book.stop_signals_ = std::make_unique<StopSignals>();
    auto directory = TemporaryDirectory::create(options.dir);
    if (!directory) return std::unexpected{directory.error()};
    book.directory_.emplace(*std::move(directory));
    const auto& thrown_away = book.directory_->path();
    const auto journal = (options.data.empty() ? thrown_away / "data" : options.data) / "journal";
    if (!journal::Environment::exists(journal)) {
        const auto made = make_journal(journal, options, *book.stop_signals_);
        if (!made) return std::unexpected{made.error()};
    }
    auto environment = journal::Environment::open(journal, journal::Access::read_only);
    if (!environment) return std::unexpected{environment.error()};
    book.journal_ = *std::move(environment);
    const auto folded = book.fold(thrown_away / "projection");
    if (!folded) return std::unexpected{folded.error()};
    return book;
}

Result<void> MadeBook::fold(const std::filesystem::path& directory) {
    const auto projector = projector::Projector::open(journal_, directory);
    if (!projector) return std::unexpected{projector.error()};
    const auto started = steady_clock::now();
    auto caught_up = (*projector)->catch_up();
    rebuild_ = steady_clock::now() - started;
    if (!caught_up) return caught_up;
    auto balances = projector::Balances::open(directory);
    if (!balances) return std::unexpected{balances.error()};
    balances_ = *std::move(balances);
    const auto view = balances_->view();
    if (!view) return std::unexpected{view.error()};
    head_ = view->watermark().seq;
    auto counted =
        view->for_each_account([&](const projector::AccountInfo&, const projector::Balance&) {
            ++accounts_;
            return true;
        });
    if (!counted) return counted;
    if (accounts_ != 0) return {};
    return fail(ErrorCode::bad_input, "the journal has no accounts to read");
}

}  // namespace daybook::bench
