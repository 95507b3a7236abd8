#include "cli/tail_source.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

#include "cli/data_directory.h"
#include "cli/journal_source.h"
#include "cli/signals.h"
#include "gateway/query_client.h"
#include "gateway/subscription.h"

namespace daybook::cli {

namespace {

using std::chrono::milliseconds;

// While the server is away, each call of it may take so long.
constexpr milliseconds kSourceWait{2000};

// The Seqs of the last `count` records that concern the accounts asked for, from `from` on.
Result<std::deque<Seq>> last_from(const TailOptions& options,
                                  const std::shared_ptr<journal::Environment>& journal, Seq from,
                                  std::uint64_t count) {
    auto source = open_source(options, journal);
    if (!source) return std::unexpected{source.error()};
    gateway::Subscription records{
        *std::move(source), {}, {.from = from, .account_path = options.account_path}};
    std::deque<Seq> last;
    while (!is_stop_requested()) {
        const auto record = records.next(milliseconds{0});
        if (!record) return std::unexpected{record.error()};
        if (*record) {
            last.push_back((*record)->seq);
            if (last.size() > count) last.pop_front();
            continue;
        }
        if (!records.trouble().empty()) return fail(ErrorCode::unreachable, records.trouble());
        if (records.is_at_head()) break;
    }
    return last;
}

// Looks back further and further: the records say only when they are read whether they concern an
// account.
Result<Seq> start_of_last(const TailOptions& options,
                          const std::shared_ptr<journal::Environment>& journal, std::uint64_t count,
                          std::uint64_t head) {
    constexpr std::uint64_t kFurther = 16;
    constexpr std::uint64_t kFirstLook = 4096;
    if (count == 0) return Seq{head + 1};
    if (count >= head) return Seq{1};
    for (auto look = std::max(count * kFurther, kFirstLook);; look *= kFurther) {
        const Seq from{head > look ? head - look + 1 : 1};
        const auto last = last_from(options, journal, from, count);
        if (!last) return std::unexpected{last.error()};
        const bool is_all = last->size() == count || from == Seq{1} || is_stop_requested();
        if (is_all) return last->empty() ? Seq{head + 1} : last->front();
    }
}

}  // namespace

Result<std::unique_ptr<gateway::RecordSource>> open_source(
    const TailOptions& options, const std::shared_ptr<journal::Environment>& journal) {
    if (!options.is_remote()) {
        return std::make_unique<JournalSource>(journal, DataDirectory{options.data});
    }
    return gateway::open_query_source({.endpoint = options.query,
                                       .resend_after = milliseconds{500},
                                       .give_up_after = kSourceWait});
}

Result<Seq> choose_start(const TailOptions& options,
                         const std::shared_ptr<journal::Environment>& journal,
                         gateway::RecordSource& source) {
    constexpr std::uint64_t kLastByDefault = 20;
    if (options.from_seq && options.follows) return Seq{*options.from_seq};
    const bool is_all = options.as_json && !options.from_seq && !options.last;
    if (is_all) return Seq{1};
    const auto page = source.records(kSeqMax);
    if (!page) return std::unexpected{page.error()};
    const std::uint64_t head = page->head.value();
    if (options.from_seq) {
        if (*options.from_seq <= head) return Seq{*options.from_seq};
        return fail(ErrorCode::not_found, "there is no seq " + std::to_string(*options.from_seq) +
                                              " yet; the journal reaches to seq " +
                                              std::to_string(head) +
                                              ", and --follow waits for more");
    }
    const std::uint64_t last = options.last.value_or(kLastByDefault);
    if (!options.account_path.empty()) return start_of_last(options, journal, last, head);
    return Seq{head > last ? head - last + 1 : 1};
}

}  // namespace daybook::cli
