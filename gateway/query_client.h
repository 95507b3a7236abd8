// QueryClient: how a reader asks the projector's query endpoint. Blocking; a query is asked again
// until it is answered: reading twice does no harm.
//
// One thread at a time. Each call returns `unreachable` when nobody answers in `give_up_after` on
// top of the wait asked for, `try_again` when what is asked to be seen is not reached in time (the
// detail says how far it is) or too many wait, `damaged` when it is another book, `bad_input` when
// the query is malformed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "gateway/record_source.h"
#include "schema/account_answers.h"
#include "schema/entry_answers.h"
#include "schema/facts_answer.h"
#include "schema/query.h"
#include "schema/query_answers.h"
#include "schema/statement.h"

namespace daybook::gateway {

struct QueryClientOptions {
    std::string endpoint = "tcp://127.0.0.1:7413";
    std::chrono::milliseconds resend_after{1000};  // on top of the wait asked for
    std::chrono::milliseconds give_up_after{10000};
};

// What must have been applied before the answer is made, and how long that may take: at most 30 s,
// longer waits are cut. Seq 0: whatever there is.
struct ReadAfter {
    Seq min_seq;
    std::chrono::milliseconds wait{0};
};

// Which accounts are listed; one of `account_list`'s pages.
struct ListedRange {
    std::string path = {};   // it and what is below it; "" is every account
    std::string after = {};  // only codes behind this one
    std::string asset = {};  // its code; "": any
    std::optional<AccountType> type = {};
    std::optional<AccountState> state = {};  // at `as_of`
    Seq as_of = kSeqMax;
    std::uint32_t lines_max = schema::kListedMax;  // at least 1
};

class QueryClient {
public:
    // Asks for the status, and so which book it is.
    static Result<std::unique_ptr<QueryClient>> connect(const QueryClientOptions& options);
    ~QueryClient();
    QueryClient(const QueryClient&) = delete;
    QueryClient& operator=(const QueryClient&) = delete;
    QueryClient(QueryClient&&) = delete;
    QueryClient& operator=(QueryClient&&) = delete;

    const Id128& book() const;
    // The newest head of the journal that an answer has told of.
    Seq head() const;
    // Whether another book has answered in the place of this one.
    bool met_other_book() const;

    Result<schema::Status> status(const ReadAfter& after = {});
    // One line a code, in order: 1 to 1,000 codes. A code that nobody has is answered by a line
    // without a number: unknown up to the answer's watermark.
    Result<schema::AccountBalances> balances(std::span<const std::string> codes,
                                             const ReadAfter& after = {});
    // The same by number, with the codes; one that nobody has comes without either.
    Result<schema::NamedBalances> named_balances(std::span<const AccountNumber> numbers,
                                                 const ReadAfter& after = {});
    // Whole records from `from` on (at least 1): at most `bytes_max` of them (at most 1 MiB), but
    // one at least when there is one. `after` is about the journal here, not the projection.
    Result<RecordPage> records(Seq from, std::size_t bytes_max = schema::kRangeBytesMax,
                               const ReadAfter& after = {});
    // Every account with the code `path` or one below it, asked for page by page; "" is every
    // account. All opened up to the answer's watermark are there, later ones may be.
    Result<schema::AccountsUnder> accounts(const std::string& path, const ReadAfter& after = {});
    // One page of what happened to `account`, newest first; fewer lines than asked for may come
    // with a `next` to go on from. Neither balance has a number when there is no such account;
    // `not_found` when it was opened after the range.
    Result<schema::AccountStatement> statement(const std::string& account,
                                               const schema::StatementRange& range,
                                               const ReadAfter& after = {});
    // Accounts as they stood: at a Seq, which is waited for as `after` says, or (kSeqMax) now. One
    // page, by code; fewer lines than asked for may come, with a `next` to go on after. For one cut
    // ask for the later pages with the `as_of` of the first.
    Result<schema::ListedAccounts> list_accounts(const ListedRange& range,
                                                 const ReadAfter& after = {});
    // All there is to say of 1 to 1,000 accounts, one line a code, in order; all as of one Seq.
    // Look whether each `was_open_at` that.
    Result<schema::DetailedAccounts> account_details(std::span<const std::string> codes,
                                                     Seq as_of = kSeqMax,
                                                     const ReadAfter& after = {});
    // Every account that there was, summed up by asset and type; asks for page after page, between
    // which others are served. Before each it asks whether to go on: `try_again` if not.
    Result<schema::TrialSums> trial_balance(Seq as_of = kSeqMax, const ReadAfter& after = {},
                                            const std::function<bool()>& goes_on = {});
    // The record at `seq` (at least 1) with its block, what reverses what it posted, which of its
    // holds are open, and the accounts it touched; once the projection shows it. Without a run when
    // the journal has no such record. gateway/entry_reader.h makes sense of it.
    Result<schema::EntryDetails> entry(Seq seq, const ReadAfter& after = {});
    // Who has a unique reference. References that are not unique lead nowhere.
    Result<schema::FoundReference> find_reference(const std::string& reference,
                                                  const ReadAfter& after = {});
    // What is to be watched of the book and its journal.
    Result<schema::BookFacts> facts(const ReadAfter& after = {});
    // What had been recorded by a moment. `after` is about the journal.
    Result<schema::SeqAtMoment> seq_at(Stamp moment, const ReadAfter& after = {});

private:
    struct Impl;
    explicit QueryClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// A subscription's source on any host. `options.give_up_after` is how long it may hold the
// subscription up while the server is away.
Result<std::unique_ptr<RecordSource>> open_query_source(const QueryClientOptions& options);

}  // namespace daybook::gateway
