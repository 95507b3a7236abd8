// Answers, as a client reads them: receipts, refusals, what the query endpoint tells, the feed.
// The input is the message; its header says which of them it is.
#include <algorithm>
#include <vector>

#include "schema/account_answers.h"
#include "schema/entry_answers.h"
#include "schema/facts_answer.h"
#include "schema/query_answers.h"
#include "schema/receipts.h"
#include "schema/run.h"
#include "schema/statement.h"
#include "tests/fuzz/harness.h"

namespace daybook::fuzz {

const std::chrono::milliseconds kTimeLimit{5};

namespace {

using schema::MessageHeader;
using schema::MessageKind;

void check_runs(Bytes runs, std::size_t count) {
    schema::Run run;
    std::size_t read = 0;
    for (schema::RunReader reader{runs}; !reader.is_at_end();) {
        must(reader.next(run) == Malformation::none, "runs that were taken are whole");
        must(!run.records.empty() && run.first >= run.block.first_seq &&
                 run.last() <= run.block.last_seq(),
             "a run is within its block");
        read += run.records.size();
    }
    must(read == count, "there are as many records as the header says");
}

// Of answers that have the same `lines` once they are written and read again.
template <typename Answer, typename Encode, typename Decode>
void check_lines(Bytes message, const MessageHeader& header, const Encode& encode,
                 const Decode& decode) {
    const auto answer = decode(message);
    if (!answer) return;
    const auto again = decode(encode(header, header.book, *answer));
    must(again && again->standing == answer->standing && again->lines == answer->lines,
         "decode(encode(answer)) is the answer");
}

void check_receipts(Bytes message, const MessageHeader& header) {
    const auto receipts = schema::decode_receipts(message);
    if (!receipts) return;
    must(receipts->size() == header.count, "there are as many receipts as the header says");
    std::size_t remarks = 0;
    std::size_t touches = 0;
    for (const auto& receipt : *receipts) {
        remarks += receipt.remarks.size();
        touches += receipt.touches.size();
    }
    must(remarks == header.remark_count && touches == header.touch_count,
         "each remark and touch is some receipt's");
}

void check_of_sequencer(Bytes message, const MessageHeader& header) {
    if (header.kind == MessageKind::receipts) return check_receipts(message, header);
    if (header.kind == MessageKind::refusal) {
        const auto refusal = schema::decode_refusal(message);
        if (!refusal) return;
        const auto again =
            schema::decode_refusal(schema::encode_refusal(header, header.book, *refusal));
        must(again && again->code == refusal->code && again->detail == refusal->detail,
             "decode(encode(refusal)) is the refusal");
    }
    if (header.kind == MessageKind::resolved) {
        const auto accounts = schema::decode_resolved(message);
        if (!accounts) return;
        const auto again = schema::decode_resolved(
            schema::encode_resolved(header, header.book, header.head, *accounts));
        must(again && again->size() == accounts->size(), "decode(encode(accounts)) is they");
    }
    if (header.kind == MessageKind::records) {
        const auto run = schema::decode_published(message);
        if (run) must(run->last() == header.head, "the head is the last of the run");
    }
}

void check_entry(Bytes message, const MessageHeader& header) {
    const auto entry = schema::decode_entry(message);
    if (!entry) return;
    if (!entry->run.empty()) check_runs(entry->run, 1);
    const auto again = schema::decode_entry(schema::encode_entry(header, header.book, *entry));
    must(again && again->run == entry->run && again->reversals == entry->reversals &&
             again->open_holds == entry->open_holds && again->accounts == entry->accounts,
         "decode(encode(entry)) is the entry");
}

void check_of_accounts(Bytes message, const MessageHeader& header) {
    if (header.kind == MessageKind::account_balances) {
        check_lines<schema::AccountBalances>(message, header, schema::encode_balances,
                                             schema::decode_balances);
    }
    if (header.kind == MessageKind::named_balances) {
        check_lines<schema::NamedBalances>(message, header, schema::encode_named,
                                           schema::decode_named);
    }
    if (header.kind == MessageKind::listed_accounts) {
        check_lines<schema::ListedAccounts>(message, header, schema::encode_listed,
                                            schema::decode_listed);
    }
    if (header.kind == MessageKind::detailed_accounts) {
        check_lines<schema::DetailedAccounts>(message, header, schema::encode_details,
                                              schema::decode_details);
    }
    if (header.kind == MessageKind::trial_sums) {
        check_lines<schema::TrialSums>(message, header, schema::encode_trial, schema::decode_trial);
    }
    if (header.kind == MessageKind::account_statement) {
        check_lines<schema::AccountStatement>(message, header, schema::encode_statement,
                                              schema::decode_statement);
    }
}

void check_of_projector(Bytes message, const MessageHeader& header) {
    if (header.kind == MessageKind::range_of_records) {
        const auto range = schema::decode_range(message);
        if (range) check_runs(range->runs, header.count);
    }
    if (header.kind == MessageKind::accounts_under) {
        const auto under = schema::decode_accounts(message);
        if (!under) return;
        const auto again =
            schema::decode_accounts(schema::encode_accounts(header, header.book, *under));
        must(again && again->accounts == under->accounts, "decode(encode(accounts)) is they");
    }
    if (header.kind == MessageKind::facts_now) {
        const auto facts = schema::decode_facts(message);
        if (!facts) return;
        static_cast<void>(facts->rejected());
        const auto again = schema::decode_facts(schema::encode_facts(header, header.book, *facts));
        must(again && again->sizes == facts->sizes && again->outcomes == facts->outcomes &&
                 again->blocks == facts->blocks,
             "decode(encode(facts)) is the facts");
    }
    if (header.kind == MessageKind::entry_details) check_entry(message, header);
    if (header.kind == MessageKind::status_now) static_cast<void>(schema::decode_status(message));
    if (header.kind == MessageKind::seq_at_moment) {
        static_cast<void>(schema::decode_moment(message));
    }
    if (header.kind == MessageKind::found_reference) {
        static_cast<void>(schema::decode_reference(message));
    }
}

}  // namespace

void test_one(Bytes input) {
    const auto header = schema::decode_header(input);
    if (!header) return;
    check_of_sequencer(input, *header);
    check_of_accounts(input, *header);
    check_of_projector(input, *header);
}

}  // namespace daybook::fuzz
