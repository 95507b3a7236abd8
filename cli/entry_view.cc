#include "cli/entry_view.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/data_directory.h"
#include "cli/stored_record.h"
#include "gateway/entry_reader.h"
#include "gateway/query_client.h"
#include "projector/balances.h"

namespace daybook::cli {

namespace {

class Here final : public schema::EntrySource {
public:
    Here(const DataDirectory& data, const projector::View& view) : data_{data}, view_{view} {}

    Result<std::vector<std::byte>> record(Seq seq) override {
        auto stored = read_record(data_, seq);
        if (!stored) return std::unexpected{stored.error()};
        return std::move(stored->bytes);
    }
    Result<std::vector<EntryId>> reversals_of(EntryId entry) override {
        return view_.reversals_of(entry);
    }

private:
    const DataDirectory& data_;
    const projector::View& view_;
};

}  // namespace

Result<EntryView> read_entry(const ReadOptions& options, EntryId id) {
    const DataDirectory data{options.data};
    auto stored = read_record(data, id.seq());
    if (!stored) return std::unexpected{stored.error()};
    const auto balances = data.open_projection();
    if (!balances) return std::unexpected{balances.error()};
    ReadOptions from_there = options;
    from_there.min_seq = std::max(options.min_seq, id.seq().value());
    const auto view = open_view(**balances, from_there);
    if (!view) return std::unexpected{view.error()};
    Here here{data, *view};
    return schema::view_entry(std::move(stored->bytes), stored->block.stamp, id,
                              view->watermark().seq, here);
}

Result<EntryView> read_entry_at(const std::string& endpoint, const ReadOptions& options,
                                EntryId id) {
    const auto client = gateway::QueryClient::connect({.endpoint = endpoint});
    if (!client) return std::unexpected{client.error()};
    auto read = gateway::read_entry(
        **client, id, {Seq{options.min_seq}, std::chrono::milliseconds{options.wait_ms}});
    if (!read) return std::unexpected{read.error()};
    return std::move(read->view);
}

}  // namespace daybook::cli
