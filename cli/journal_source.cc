#include "cli/journal_source.h"

#include "projector/balances.h"
#include "projector/record_range.h"
#include "schema/query.h"

namespace daybook::cli {

Result<gateway::RecordPage> JournalSource::records(Seq from) {
    auto snapshot = journal::Snapshot::open(journal_);
    if (!snapshot) return std::unexpected{snapshot.error()};
    gateway::RecordPage page{{}, snapshot->head_seq()};
    const auto count =
        projector::append_records(*snapshot, from, schema::kRangeBytesMax, page.runs);
    if (!count) return std::unexpected{count.error()};
    return page;
}

// Without a projection of this book nothing is known up front: the records tell it all.
Result<gateway::AccountsUnderPath> JournalSource::accounts(const std::string& path) {
    gateway::AccountsUnderPath found;
    const auto balances = data_.open_projection(journal_);
    if (!balances) return found;
    const auto view = (*balances)->view();
    if (!view) return found;
    found.as_of = view->watermark().seq;
    const auto visited =
        view->for_each_code_under(path, {}, [&](std::string_view, AccountNumber number) {
            found.numbers.push_back(number);
            return true;
        });
    if (!visited) return std::unexpected{visited.error()};
    return found;
}

gateway::Heard JournalWakes::receive(std::vector<std::byte>& /*message*/,
                                     std::chrono::milliseconds timeout) {
    follower_.wait(timeout);
    return gateway::Heard::look;
}

}  // namespace daybook::cli
