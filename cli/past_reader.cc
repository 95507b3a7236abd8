#include "cli/past_reader.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "cli/data_directory.h"
#include "cli/parser.h"
#include "journal/reader.h"
#include "json/moment.h"

namespace daybook::cli {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFreshMax{500};

}  // namespace

struct PastReader::Open {
    Open(projector::View seen, journal::Snapshot behind)
        : view{std::move(seen)}, journal{std::move(behind)} {}

    projector::View view;
    journal::Snapshot journal;
    std::optional<projector::Past> past;
    SteadyClock::time_point opened = SteadyClock::now();
};

void add_at_options(Subcommand& command, AtOptions& options) {
    auto* seq = command
                    .add_option("--at-seq", options.seq,
                                "As record SEQ left it; waits for the projection like --min-seq")
                    ->positive()
                    ->type_name("SEQ");
    command
        .add_option("--at", options.time,
                    "As recorded up to and including TIME (RFC 3339, or a day: its midnight UTC)")
        ->excludes(seq)
        ->type_name("TIME");
}

std::unexpected<Error> not_taken_yet(std::uint64_t seq, Seq head) {
    return fail(ErrorCode::not_found, "there is no seq " + std::to_string(seq) +
                                          " yet; the journal reaches to seq " +
                                          std::to_string(head.value()));
}

std::unexpected<Error> began_later(Stamp began, Stamp moment) {
    return fail(ErrorCode::not_found,
                "the book began at " + to_string(began) + ", after " + to_string(moment));
}

PastReader::PastReader(ReadOptions options, std::shared_ptr<journal::Environment> journal,
                       std::unique_ptr<projector::Balances> balances)
    : options_{std::move(options)}, journal_{std::move(journal)}, balances_{std::move(balances)} {}
PastReader::~PastReader() = default;
PastReader::PastReader(PastReader&&) noexcept = default;
PastReader& PastReader::operator=(PastReader&&) noexcept = default;

Result<PastReader> PastReader::open(const ReadOptions& options) {
    const DataDirectory data{options.data};
    auto journal = data.open_journal(journal::Access::read_only);
    if (!journal) return std::unexpected{journal.error()};
    auto balances = projector::Balances::open(data.projection());
    if (!balances) return std::unexpected{balances.error()};
    return PastReader{options, *std::move(journal), *std::move(balances)};
}

Result<Seq> PastReader::existing(std::uint64_t seq) const {
    const auto snapshot = journal::Snapshot::open(journal_);
    if (!snapshot) return std::unexpected{snapshot.error()};
    if (Seq{seq} <= snapshot->head_seq()) return Seq{seq};
    return not_taken_yet(seq, snapshot->head_seq());
}

Result<Seq> PastReader::last_by(Stamp moment) const {
    auto snapshot = journal::Snapshot::open(journal_);
    if (!snapshot) return std::unexpected{snapshot.error()};
    const auto genesis = snapshot->genesis();
    if (!genesis) return std::unexpected{genesis.error()};
    const Stamp began = genesis->info().stamp;
    if (moment < began) return began_later(began, moment);
    return projector::last_seq_at(*snapshot, moment);
}

Result<Seq> PastReader::resolve(const AtOptions& options) const {
    CHECK_INVARIANT(options.is_set(), "a moment is asked for");
    if (options.seq) return existing(*options.seq);
    const auto moment = json::parse_moment_through(*options.time);
    if (!moment) return std::unexpected{moment.error()};
    return last_by(*moment);
}

Result<const projector::Past*> PastReader::renew(Seq seq) {
    open_.reset();
    ReadOptions from_there = options_;
    from_there.min_seq = std::max(options_.min_seq, seq.value());
    auto view = open_view(*balances_, from_there);
    if (!view) return std::unexpected{view.error()};
    auto journal = journal::Snapshot::open(journal_);
    if (!journal) return std::unexpected{journal.error()};
    open_ = std::make_unique<Open>(*std::move(view), *std::move(journal));
    const auto past = projector::Past::open(open_->view, open_->journal);
    if (!past) return std::unexpected{past.error()};
    return &open_->past.emplace(*past);
}

Result<const projector::Past*> PastReader::keep_fresh(Seq seq) {
    if (!open_ || SteadyClock::now() - open_->opened > kFreshMax) return renew(seq);
    return &*open_->past;
}

void PastReader::release() {
    open_.reset();
}

}  // namespace daybook::cli
