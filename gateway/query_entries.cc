// What a query client asks about records, references, and the book as a whole.
#include <utility>

#include "gateway/query_client.h"
#include "gateway/query_connection.h"

namespace daybook::gateway {

Result<schema::EntryDetails> QueryClient::entry(Seq seq, const ReadAfter& after) {
    if (seq == Seq{}) return fail(ErrorCode::usage, "the first record is that of seq 1");
    schema::Query query;
    query.kind = schema::MessageKind::entry;
    query.from = seq;
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    auto entry = schema::decode_entry(*answer);
    if (!entry) return unreadable_answer();
    return *std::move(entry);
}

Result<schema::FoundReference> QueryClient::find_reference(const std::string& reference,
                                                           const ReadAfter& after) {
    schema::Query query;
    query.kind = schema::MessageKind::reference;
    query.texts = {reference};
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    const auto found = schema::decode_reference(*answer);
    if (!found) return unreadable_answer();
    return *found;
}

Result<schema::BookFacts> QueryClient::facts(const ReadAfter& after) {
    schema::Query query;
    query.kind = schema::MessageKind::facts;
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    auto facts = schema::decode_facts(*answer);
    if (!facts) return unreadable_answer();
    return *std::move(facts);
}

}  // namespace daybook::gateway
