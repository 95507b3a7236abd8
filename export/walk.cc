#include "export/walk.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "journal/reader.h"
#include "journal/recent_pages.h"

namespace daybook::exports {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPinnedMax{500};
constexpr std::size_t kJournalBytesKept = std::size_t{64} << 20;

class Walk {
public:
    Walk(journal::Snapshot& snapshot, Chart& chart, const GoOn& go_on, const Visit& visit)
        : snapshot_{snapshot}, chart_{chart}, go_on_{go_on}, visit_{visit} {}

    Result<void> to(Seq last) {
        Seq next{1};
        auto pinned_since = steady_clock::now();
        while (next <= last) {
            if (steady_clock::now() - pinned_since > kPinnedMax) {
                if (auto renewed = snapshot_.refresh(); !renewed) return renewed;
                pinned_since = steady_clock::now();
            }
            const auto block = snapshot_.block_of(next);
            if (!block) return std::unexpected{block.error()};
            if (!*block) {
                return fail(ErrorCode::damaged,
                            "the journal ends before seq " + std::to_string(next.value()));
            }
            journal::map_pages((*block)->stored());
            if (auto continued = check_continues((*block)->info()); !continued) return continued;
            const Seq end = std::min(last, (*block)->info().last_seq());
            if (auto done = visit_block(**block, next, end); !done) return done;
            next = end.next();
            recent_pages_.add(**block);
            if (go_on_ && !go_on_(end)) {
                return fail(ErrorCode::try_again, "stopped at seq " + std::to_string(end.value()) +
                                                      "; nothing was kept, run it again");
            }
        }
        return {};
    }

private:
    Result<void> check_continues(const journal::BlockInfo& info) {
        const bool continues = before_.record_count == 0 || info.previous == before_.hash;
        before_ = info;
        if (continues) return {};
        return fail(ErrorCode::damaged, "block " + std::to_string(info.number) +
                                            " does not continue the block before it; run `daybook "
                                            "verify`, or restore a backup");
    }

    Result<void> visit_block(const journal::BlockView& block, Seq first, Seq last) {
        for (Seq seq = first; seq <= last; seq = seq.next()) {
            const auto bytes = block.record(seq);
            if (!bytes) return std::unexpected{bytes.error()};
            const auto record = schema::RecordView::parse(*bytes);
            if (!record) return std::unexpected{record.error()};
            if (record->seq() != seq)
                return schema::bad_record(*record, "it is in another's place");
            if (auto taken = chart_.take(*record, posted_); !taken) return taken;
            if (!visit_) continue;
            if (auto done = visit_({before_, *bytes, *record, posted_}); !done) return done;
        }
        return {};
    }

    journal::Snapshot& snapshot_;
    Chart& chart_;
    const GoOn& go_on_;
    const Visit& visit_;
    journal::BlockInfo before_;  // the block read last
    journal::RecentPages recent_pages_{kJournalBytesKept, journal::LetGo::of_mapping};
    std::vector<PostedTouch> posted_;
};

}  // namespace

Result<void> walk(const std::shared_ptr<journal::Environment>& journal, Seq to, Chart& chart,
                  const GoOn& go_on, const Visit& visit) {
    auto snapshot = journal::Snapshot::open(journal);
    if (!snapshot) return std::unexpected{snapshot.error()};
    if (to > snapshot->head_seq()) {
        return fail(ErrorCode::not_found, "there is no seq " + std::to_string(to.value()) +
                                              " yet; the journal reaches to seq " +
                                              std::to_string(snapshot->head_seq().value()));
    }
    return Walk{*snapshot, chart, go_on, visit}.to(to);
}

}  // namespace daybook::exports
