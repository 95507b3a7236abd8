#include "projector/query_answers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "projector/account_answers.h"
#include "projector/entry_answers.h"
#include "projector/facts_answer.h"
#include "projector/past.h"
#include "projector/record_range.h"
#include "projector/statement.h"
#include "schema/statement.h"

namespace daybook::projector {

namespace {

using schema::MessageKind;

// Without a code and a number when there is no such account.
Result<schema::NamedBalance> named(const View& view, AccountNumber number) {
    schema::NamedBalance named;
    const auto account = view.account(number);
    if (!account) return std::unexpected{account.error()};
    if (!*account) return named;
    const auto balance = view.balance(number);
    if (!balance) return std::unexpected{balance.error()};
    if (!*balance) {
        return fail(ErrorCode::damaged, "the projection lacks the balance of " + (*account)->code +
                                            "; delete it, the projector builds it again");
    }
    const auto asset = view.asset((*account)->asset);
    if (!asset) return std::unexpected{asset.error()};
    named.code = (*account)->code;
    auto& line = named.balance;
    line.number = number;
    line.asset = (*account)->asset;
    if (*asset) {
        line.asset_code = (*asset)->code;
        line.scale = (*asset)->scale;
    }
    line.type = (*account)->type;
    line.state = (*account)->state;
    line.totals = (*balance)->totals;
    line.version = (*balance)->version;
    line.last = (*balance)->last;
    line.opened = (*account)->opened;
    return named;
}

Result<schema::AccountBalance> balance_of(const View& view, const std::string& code) {
    const auto number = view.find(code);
    if (!number) return std::unexpected{number.error()};
    if (!*number) return schema::AccountBalance{};
    auto line = named(view, **number);
    if (!line) return std::unexpected{line.error()};
    if (!line->code.empty()) return std::move(line->balance);
    return fail(ErrorCode::damaged, "the projection lacks account " + code +
                                        "; delete it, the projector builds it again");
}

Result<std::vector<std::byte>> balances(const schema::AskedQuery& asked, const Cut& cut) {
    schema::AccountBalances answer{cut.standing(), {}};
    for (const auto& code : asked.query.texts) {
        auto line = balance_of(cut.view(), code);
        if (!line) return std::unexpected{line.error()};
        answer.lines.push_back(*std::move(line));
    }
    return schema::encode_balances(asked.header, cut.book(), answer);
}

Result<std::vector<std::byte>> numbers(const schema::AskedQuery& asked, const Cut& cut) {
    schema::NamedBalances answer{cut.standing(), {}};
    for (const auto number : asked.query.numbers) {
        auto line = named(cut.view(), number);
        if (!line) return std::unexpected{line.error()};
        answer.lines.push_back(*std::move(line));
    }
    return schema::encode_named(asked.header, cut.book(), answer);
}

Result<std::vector<std::byte>> range(const schema::AskedQuery& asked, Cut& cut) {
    std::vector<std::byte> runs;
    const auto bytes_max = std::min<std::size_t>(asked.query.bytes_max, schema::kRangeBytesMax);
    const auto count = append_records(cut.snapshot(), asked.query.from, bytes_max, runs);
    if (!count) return std::unexpected{count.error()};
    return schema::encode_range(asked.header, cut.book(), cut.standing(), runs, *count);
}

Result<std::vector<std::byte>> accounts(const schema::AskedQuery& asked, const Cut& cut) {
    schema::AccountsUnder answer{cut.standing(), {}};
    const auto visited =
        cut.view().for_each_code_under(asked.query.texts[0], asked.query.texts[1],
                                       [&](std::string_view code, AccountNumber number) {
                                           answer.accounts.push_back({number, std::string{code}});
                                           return answer.accounts.size() < schema::kAccountsMax;
                                       });
    if (!visited) return std::unexpected{visited.error()};
    return schema::encode_accounts(asked.header, cut.book(), answer);
}

schema::AccountBalance with(schema::AccountBalance account, const Balance& balance) {
    account.totals = balance.totals;
    account.version = balance.version;
    account.last = balance.last;
    return account;
}

Result<std::vector<std::byte>> statement(const schema::AskedQuery& asked, Cut& cut) {
    schema::AccountStatement answer;
    answer.standing = cut.standing();
    auto account = balance_of(cut.view(), asked.query.texts.front());
    if (!account) return std::unexpected{account.error()};
    if (account->number.is_none()) {
        return schema::encode_statement(asked.header, cut.book(), answer);
    }
    if (account->opened > asked.query.to) {
        // There was nothing yet; whoever asked sees why.
        answer.closing = with(*account, {});
        answer.opening = answer.closing;
        return schema::encode_statement(asked.header, cut.book(), answer);
    }
    const auto past = Past::open(cut.view(), cut.snapshot());
    if (!past) return std::unexpected{past.error()};
    auto page = read_statement(
        *past, {.account = account->number,
                .from = asked.query.from,
                .to = asked.query.to,
                .before = asked.query.before,
                .lines_max = std::min(asked.query.lines_max, schema::kStatementLinesMax)});
    if (!page) return std::unexpected{page.error()};
    answer.closing = with(*account, page->closing);
    answer.opening = with(*std::move(account), page->opening);
    answer.next = page->next;
    answer.lines = std::move(page->lines);
    return schema::encode_statement(asked.header, cut.book(), answer);
}

Result<std::vector<std::byte>> moment(const schema::AskedQuery& asked, Cut& cut) {
    const auto genesis = cut.snapshot().genesis();
    if (!genesis) return std::unexpected{genesis.error()};
    const Stamp began = genesis->info().stamp;
    const auto seq = last_seq_at(cut.snapshot(), asked.query.moment);
    if (!seq) return std::unexpected{seq.error()};
    return schema::encode_moment(asked.header, cut.book(), {cut.standing(), *seq, began});
}

}  // namespace

Result<std::vector<std::byte>> answer(const schema::AskedQuery& asked, Cut& cut) {
    if (asked.query.kind == MessageKind::balances) return balances(asked, cut);
    if (asked.query.kind == MessageKind::numbers) return numbers(asked, cut);
    if (asked.query.kind == MessageKind::record_range) return range(asked, cut);
    if (asked.query.kind == MessageKind::accounts) return accounts(asked, cut);
    if (asked.query.kind == MessageKind::statement) return statement(asked, cut);
    if (asked.query.kind == MessageKind::moment) return moment(asked, cut);
    if (schema::is_of_accounts(asked.query.kind)) return answer_accounts(asked, cut);
    if (asked.query.kind == MessageKind::entry) return answer_entry(asked, cut);
    if (asked.query.kind == MessageKind::reference) return answer_reference(asked, cut);
    if (asked.query.kind == MessageKind::facts) return answer_facts(asked, cut);
    const auto status = cut.status();
    if (!status) return std::unexpected{status.error()};
    return schema::encode_status(asked.header, *status);
}

}  // namespace daybook::projector
