// Accounts, balances and the trial balance.
#include <algorithm>
#include <array>
#include <span>

#include "http/cursor.h"
#include "http/render.h"
#include "http/routes.h"
#include "ledger/form.h"

namespace daybook::http {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kReadWait{2000};

Problem unknown_account(Seq as_of) {
    return Problem{"account_unknown"}.with(
        [as_of](json::Line& line) { line.big("as_of_seq", as_of); });
}

std::optional<Problem> check_code(const Request& request) {
    if (!is_account_code(request.part(0))) return Problem{"account_code"};
    if (!request.caller.sees(request.part(0))) {
        return Problem{"forbidden", "the token is for other accounts"};
    }
    return std::nullopt;
}

// As it stands, at Daybook-Min-Seq or later.
asio::awaitable<OrProblem<AccountAt>> find_now(Service& service, const Request& request) {
    if (const auto wrong = check_code(request)) co_return std::unexpected{*wrong};
    const Seq min_seq{parse_digits(request.min_seq).value_or(0)};
    auto found = co_await service.accounts.find(request.part(0), min_seq,
                                                service.deadline(request, kReadWait));
    if (!found) co_return std::unexpected{problem_of(found.error())};
    service.note_head(found->as_of);
    if (found->details.balance.number.is_none()) {
        co_return std::unexpected{unknown_account(found->as_of)};
    }
    co_return *std::move(found);
}

std::string etag_of(std::uint64_t version) {
    return "\"" + std::to_string(version) + "\"";
}

std::string balance_body(const schema::AccountDetails& account, Seq as_of) {
    const auto& balance = account.balance;
    json::Line line;
    line.begin_object();
    write_balance(line, {account.code, balance.asset_code, balance.scale, balance.type},
                  balance.number, balance.totals, balance.version, as_of);
    return line.end_object().str();
}

// The moment that is asked for: as a Seq, or as a time; neither is now.
struct Moment {
    std::optional<Seq> seq;
    std::optional<Stamp> time;

    bool is_now() const { return !seq && !time; }
    // kSeqMax is now.
    Result<Seq> as_seq(const ReadCall& call) const {
        if (seq) return *seq;
        if (!time) return kSeqMax;
        const auto reached = call.client.seq_at(*time);
        if (!reached) return std::unexpected{reached.error()};
        return reached->seq;
    }
};

OrProblem<Moment> read_moment(const Request& request) {
    const auto seq = seq_parameter(request, "as_of_seq");
    if (!seq) return std::unexpected{seq.error()};
    const auto time = moment_parameter(request, "as_of_time");
    if (!time) return std::unexpected{time.error()};
    if (*seq && *time) {
        return std::unexpected{Problem{"bad_parameter", "give as_of_seq or as_of_time, not both"}};
    }
    return Moment{*seq, *time};
}

}  // namespace

asio::awaitable<Answer> get_account(Service& service, const Request& request) {
    const auto found = co_await find_now(service, request);
    if (!found) co_return found.error().answer();
    Answer answer;
    const auto etag = etag_of(found->details.balance.version);
    answer.with("ETag", etag).with("Cache-Control", "no-cache");
    if (names_etag(request.if_none_match, etag)) {
        answer.status = 304;
    } else {
        answer.body = account_body(found->details, found->as_of);
    }
    co_return answer;
}

asio::awaitable<Answer> get_balance(Service& service, const Request& request) {
    const auto moment = read_moment(request);
    if (!moment) co_return moment.error().answer();
    if (moment->is_now()) {
        const auto found = co_await find_now(service, request);
        if (!found) co_return found.error().answer();
        Answer answer;
        answer.body = balance_body(found->details, found->as_of);
        answer.with("ETag", etag_of(found->details.balance.version));
        co_return answer;
    }
    if (const auto wrong = check_code(request)) co_return wrong->answer();
    const Read look = [at = *moment,
                       code = request.part(0)](const ReadCall& call) -> Result<Answer> {
        const auto seq = at.as_seq(call);
        if (!seq) return std::unexpected{seq.error()};
        const auto found =
            call.client.account_details(std::span{&code, 1}, *seq, call.at_least(*seq));
        if (!found) return std::unexpected{found.error()};
        const auto& line = found->lines.front();
        if (!line.was_open_at(found->as_of)) return unknown_account(found->as_of).answer();
        Answer answer;
        answer.body = balance_body(line, found->as_of);
        return answer;
    };
    co_return co_await read(service, request, look);
}

namespace {

template <typename Enum>
OrProblem<std::optional<Enum>> named_parameter(const Request& request, std::string_view name,
                                               std::optional<Enum> (*parse)(std::string_view)) {
    const auto* text = request.target.find(name);
    if (text == nullptr) return std::optional<Enum>{};
    const auto value = parse(*text);
    if (!value) {
        return std::unexpected{
            Problem{"bad_parameter", std::string{name} + " is none of its names"}};
    }
    return value;
}

OrProblem<gateway::ListedRange> read_range(const Request& request) {
    gateway::ListedRange range;
    if (const auto* prefix = request.target.find("prefix")) {
        if (!is_account_code(*prefix)) {
            return std::unexpected{Problem{"bad_parameter", "prefix is not an account code"}};
        }
        range.path = *prefix;
    } else if (request.caller.accounts.size() == 1) {
        range.path = request.caller.accounts.front();
    }
    if (!request.caller.sees_all() && (range.path.empty() || !request.caller.sees(range.path))) {
        return std::unexpected{Problem{
            "forbidden", "the token is for some accounts; give one of its paths as prefix"}};
    }
    if (const auto* asset = request.target.find("asset")) {
        if (!is_asset_code(*asset)) {
            return std::unexpected{Problem{"bad_parameter", "asset is not an asset code"}};
        }
        range.asset = *asset;
    }
    const auto type = named_parameter(request, "type", &parse_account_type);
    if (!type) return std::unexpected{type.error()};
    const auto state = named_parameter(request, "state", &parse_account_state);
    if (!state) return std::unexpected{state.error()};
    range.type = *type;
    range.state = *state;
    return range;
}

// Few lines may pass the filters: after so many pages of the server the caller goes on himself.
constexpr int kRoundsMax = 20;

}  // namespace

asio::awaitable<Answer> list_accounts(Service& service, const Request& request) {
    const auto page = read_page(request);
    if (!page) co_return page.error().answer();
    auto range = read_range(request);
    if (!range) co_return range.error().answer();
    const auto as_of = seq_parameter(request, "as_of_seq");
    if (!as_of) co_return as_of.error().answer();
    range->as_of = page->cursor.as_of != Seq{} ? page->cursor.as_of : as_of->value_or(kSeqMax);
    range->after = page->cursor.position;
    const Read look = [page = *page, first = *range,
                       request](const ReadCall& call) -> Result<Answer> {
        auto asked = first;
        auto cursor = page.cursor;
        json::Line line;
        line.begin_object().begin_array("data");
        std::size_t count = 0;
        std::string next;
        for (int round = 0; round < kRoundsMax && count < page.limit; ++round) {
            if (!call.is_wanted()) return fail(ErrorCode::try_again, "not wanted any more");
            asked.lines_max = static_cast<std::uint32_t>(page.limit - count);
            const auto listed = call.client.list_accounts(asked, call.at_least(asked.as_of));
            if (!listed) return std::unexpected{listed.error()};
            for (const auto& account : listed->lines)
                write_account(line, account, listed->as_of);
            count += listed->lines.size();
            asked.as_of = cursor.as_of = listed->as_of;
            asked.after = next = listed->next;
            if (next.empty()) break;
        }
        Answer answer;
        line.end_array();
        end_page(line, answer, request, cursor, next);
        answer.body = line.end_object().str();
        return answer;
    };
    // What the filters leave out is looked at all the same.
    const bool is_filtered = !range->asset.empty() || range->type || range->state;
    const auto extent = is_filtered ? Extent::many : Extent::few;
    co_return co_await read(service, request, look, extent);
}

namespace {

Amount sum(Amount left, Amount right) {
    return Amount{left.minor_units() + right.minor_units()};
}

void write_type(json::Line& line, const schema::TrialLine& each) {
    line.begin_object()
        .text("type", name_of(each.type))
        .big("accounts", each.accounts)
        .amount("debits", each.totals.posted_debits)
        .amount("credits", each.totals.posted_credits)
        .end_object();
}

// The lines of one asset follow each other.
bool write_asset(json::Line& line, std::span<const schema::TrialLine> types) {
    Totals totals;
    std::uint64_t accounts = 0;
    for (const auto& each : types) {
        accounts += each.accounts;
        totals.posted_debits = sum(totals.posted_debits, each.totals.posted_debits);
        totals.posted_credits = sum(totals.posted_credits, each.totals.posted_credits);
        totals.held_debits = sum(totals.held_debits, each.totals.held_debits);
        totals.held_credits = sum(totals.held_credits, each.totals.held_credits);
    }
    const bool is_balanced = totals.posted_debits == totals.posted_credits;
    line.begin_object()
        .text("asset", types.front().asset_code)
        .small("scale", types.front().scale)
        .big("accounts", accounts)
        .amount("debits", totals.posted_debits)
        .amount("credits", totals.posted_credits)
        .amount("held_debits", totals.held_debits)
        .amount("held_credits", totals.held_credits)
        .boolean("is_balanced", is_balanced)
        .begin_array("types");
    for (const auto& each : types)
        write_type(line, each);
    line.end_array().end_object();
    return is_balanced;
}

std::string trial_body(const schema::TrialSums& sums) {
    json::Line line;
    bool is_balanced = true;
    line.begin_object().begin_array("data");
    const std::span lines{sums.lines};
    for (std::size_t i = 0; i < lines.size();) {
        std::size_t end = i;
        while (end < lines.size() && lines[end].asset == lines[i].asset)
            ++end;
        is_balanced = write_asset(line, lines.subspan(i, end - i)) && is_balanced;
        i = end;
    }
    line.end_array().boolean("is_balanced", is_balanced).big("as_of_seq", sums.as_of);
    return line.end_object().str();
}

}  // namespace

asio::awaitable<Answer> get_trial_balance(Service& service, const Request& request) {
    if (!request.caller.sees_all()) {
        co_return Problem{"forbidden", "the token is for some accounts alone"}.answer();
    }
    const auto moment = read_moment(request);
    if (!moment) co_return moment.error().answer();
    const Read look = [at = *moment](const ReadCall& call) -> Result<Answer> {
        const auto seq = at.as_seq(call);
        if (!seq) return std::unexpected{seq.error()};
        const auto sums = call.client.trial_balance(*seq, call.at_least(*seq), call.is_wanted);
        if (!sums) return std::unexpected{sums.error()};
        Answer answer;
        answer.body = trial_body(*sums);
        return answer;
    };
    co_return co_await read(service, request, look, Extent::many);
}

}  // namespace daybook::http
