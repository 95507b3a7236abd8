// Records of the journal as JSON, with what the accounts they touch are called. Private to http/'s
// sources.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gateway/query_client.h"
#include "http/names.h"
#include "json/record_line.h"
#include "schema/run.h"

namespace daybook::http {

struct RecordTexts {
    std::vector<std::string> lines;  // an object each
    Seq first;                       // of the lines
    Seq head;                        // the journal's
    schema::BlockFacts block;        // of the last line
};

class RecordRenderer {
public:
    // Both must outlive it.
    RecordRenderer(Names& names, const Id128& book) : names_{names}, book_{book} {}

    // Makes sure that the accounts of these records have names.
    Result<void> learn(gateway::QueryClient& client, const std::vector<Bytes>& records);
    Result<std::string> render(const schema::BlockFacts& block, Bytes record);

private:
    Names& names_;
    Id128 book_;
    std::uint64_t block_ = 0;
    json::RecordLine line_{
        [this](json::Line& line, AccountNumber number) { describe(line, number); }};

    KnownNames known_;  // of the records learned last

    void describe(json::Line& line, AccountNumber number) const;
};

// From `from` on, at most so many; fewer at the head, or when they are large.
Result<RecordTexts> read_records(gateway::QueryClient& client, Names& names, Seq from,
                                 std::size_t count);
void write_block(json::Line& line, const schema::BlockFacts& block, const Id128& book);

}  // namespace daybook::http
