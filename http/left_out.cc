// What the answer to a large message leaves out, for want of room: the records have it.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "http/look_up.h"
#include "http/writing.h"
#include "schema/record.h"
#include "schema/run.h"

namespace daybook::http {

namespace {

struct LeftOut {
    std::vector<Remark> remarks;
    std::vector<Touch> touches;
};
using ByRecord = std::map<Seq, LeftOut>;

// An asset touches no account: its record is read in vain, and seldom.
bool came_without(const schema::Receipt& receipt) {
    return receipt.verdict == Verdict::accepted && receipt.touches.empty();
}

Result<LeftOut> read_out(Bytes bytes) {
    const auto record = schema::RecordView::parse(bytes);
    if (!record) return std::unexpected{record.error()};
    LeftOut found{record->remarks(), {}};
    for (std::size_t i = 0; i < record->touch_count(); ++i)
        found.touches.push_back(record->touch(i));
    return found;
}

// On a worker's thread; `seqs` ascend. `try_again` when one of them is not there yet.
Result<ByRecord> read_records(gateway::QueryClient& client, const std::vector<Seq>& seqs) {
    ByRecord found;
    for (auto next = seqs.begin(); next != seqs.end();) {
        const auto after = std::next(next);
        const bool is_alone = after == seqs.end() || *after != next->next();
        const auto page = client.records(*next, is_alone ? 1 : schema::kRangeBytesMax);
        if (!page) return std::unexpected{page.error()};
        schema::RunReader runs{page->runs};
        schema::Run run;
        if (runs.is_at_end()) {
            return fail(ErrorCode::try_again, "before seq " + std::to_string(next->value()));
        }
        while (!runs.is_at_end() && next != seqs.end()) {
            const bool is_it = runs.next(run) == Malformation::none && run.first <= *next;
            if (!is_it) return fail(ErrorCode::damaged, "the answer is not a range of records");
            for (; next != seqs.end() && *next <= run.last(); ++next) {
                auto one = read_out(run.records[next->value() - run.first.value()]);
                if (!one) return std::unexpected{one.error()};
                found.emplace(*next, *std::move(one));
            }
        }
    }
    return found;
}

}  // namespace

asio::awaitable<Result<void>> fill_in(Service& service, std::vector<schema::Receipt>& receipts,
                                      Deadline deadline) {
    std::vector<Seq> seqs;
    for (const auto& receipt : receipts) {
        if (came_without(receipt) && !receipt.is_dry_run) seqs.push_back(receipt.seq);
    }
    if (seqs.empty()) co_return Result<void>{};
    std::ranges::sort(seqs);
    seqs.erase(std::ranges::unique(seqs).begin(), seqs.end());
    const Question<ByRecord> question = [seqs](gateway::QueryClient& client) {
        return read_records(client, seqs);
    };
    const auto found = co_await look_up<ByRecord>(service, question, deadline);
    if (!found) co_return std::unexpected{found.error()};
    for (auto& receipt : receipts) {
        if (!came_without(receipt) || receipt.is_dry_run) continue;
        const auto& own = found->at(receipt.seq);
        receipt.remarks = own.remarks;
        receipt.touches = own.touches;
    }
    co_return Result<void>{};
}

Result<std::vector<schema::Receipt>> dry_run_in_full(gateway::CommandClient& client,
                                                     const std::vector<Command>& commands) {
    auto receipts = client.dry_run(commands);
    if (!receipts || commands.size() == 1) return receipts;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        auto& receipt = (*receipts)[i];
        const bool touches_none = kind_of(commands[i]) == CommandKind::define_asset;
        if (touches_none || !receipt.is_dry_run || !came_without(receipt)) continue;
        auto alone = client.dry_run(std::span{&commands[i], 1});
        if (!alone) return alone;
        receipt = std::move(alone->front());
    }
    return receipts;
}

}  // namespace daybook::http
