// PastReader: reads the past of the book in a data directory, from its projection and its journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "cli/read_options.h"
#include "journal/environment.h"
#include "projector/balances.h"
#include "projector/past.h"

namespace daybook::cli {

class Subcommand;

// A moment to look at: a Seq, a time, or now.
struct AtOptions {
    std::optional<std::uint64_t> seq;
    std::optional<std::string> time;

    bool is_set() const { return seq || time; }
};

// `--at-seq` and `--at`, which exclude each other.
void add_at_options(Subcommand& command, AtOptions& options);

// `not_found`, alike for files here and for a server: nobody has taken `seq`; the book began later.
std::unexpected<Error> not_taken_yet(std::uint64_t seq, Seq head);
std::unexpected<Error> began_later(Stamp began, Stamp moment);

class PastReader {
public:
    // `not_found` when there is no journal or no projection.
    static Result<PastReader> open(const ReadOptions& options);
    ~PastReader();
    PastReader(PastReader&&) noexcept;
    PastReader& operator=(PastReader&&) noexcept;
    PastReader(const PastReader&) = delete;
    PastReader& operator=(const PastReader&) = delete;

    // `seq` itself; `not_found` when the journal does not reach so far.
    Result<Seq> existing(std::uint64_t seq) const;
    // The last Seq recorded at or before `moment`; 0 when there is none. `not_found` when the book
    // began later.
    Result<Seq> last_by(Stamp moment) const;
    // What was asked for, by one of the above; one of the options must be set (checked).
    Result<Seq> resolve(const AtOptions& options) const;

    // A new view that shows `seq` and what `--min-seq` asks for; `try_again` after `--wait`. What
    // was read of an older one is no longer valid.
    Result<const projector::Past*> renew(Seq seq);
    // The same when the one there is has become old: none pins pages for long.
    Result<const projector::Past*> keep_fresh(Seq seq);
    // Ends it, before output that may block is written.
    void release();

private:
    struct Open;

    PastReader(ReadOptions options, std::shared_ptr<journal::Environment> journal,
               std::unique_ptr<projector::Balances> balances);

    ReadOptions options_;
    std::shared_ptr<journal::Environment> journal_;
    std::unique_ptr<projector::Balances> balances_;
    std::unique_ptr<Open> open_;
};

}  // namespace daybook::cli
