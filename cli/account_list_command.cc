#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/account_json.h"
#include "cli/account_lines.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/past_reader.h"
#include "cli/remote_accounts.h"
#include "cli/remote_moment.h"
#include "gateway/query_client.h"
#include "json/line.h"
#include "projector/account_list.h"

namespace daybook::cli {

namespace {

using gateway::ListedRange;

struct ListOptions {
    AccountsFrom from;
    std::string path;
    std::string after;
    std::string asset;
    std::string type;
    std::string state;
    std::uint64_t limit = 50;
    bool is_all = false;
};

struct Page {
    Seq as_of;
    std::string next;
    std::vector<AccountLine> lines;
};

// Where pages come from.
class Pages {
public:
    Pages() = default;
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;
    Pages(Pages&&) = delete;
    Pages& operator=(Pages&&) = delete;
    virtual ~Pages() = default;
    // Of the accounts as they stood at `range.as_of`, which was the moment asked for at first.
    virtual Result<Page> read(const ListedRange& range) = 0;
    virtual Result<Seq> resolve(const AtOptions& at) = 0;
};

class Here final : public Pages {
public:
    explicit Here(PastReader reader) : reader_{std::move(reader)} {}

    Result<Seq> resolve(const AtOptions& at) override {
        return at.is_set() ? reader_.resolve(at) : kSeqMax;
    }
    Result<Page> read(const ListedRange& range) override {
        const auto past = reader_.keep_fresh(range.as_of == kSeqMax ? Seq{} : range.as_of);
        if (!past) return std::unexpected{past.error()};
        auto page = read(**past, range);
        reader_.release();  // output may block
        return page;
    }

private:
    static Result<Page> read(const projector::Past& past, const ListedRange& range) {
        projector::AccountListQuery query{.path = range.path,
                                          .after = range.after,
                                          .seq = std::min(range.as_of, past.watermark()),
                                          .type = range.type,
                                          .state = range.state,
                                          .lines_max = range.lines_max};
        Page page{query.seq, {}, {}};
        if (!range.asset.empty()) {
            const auto asset = past.view().find_asset(range.asset);
            if (!asset) return std::unexpected{asset.error()};
            if (!*asset) return page;
            query.asset = (*asset)->number;
        }
        auto found = projector::list_accounts(past, query);
        if (!found) return std::unexpected{found.error()};
        for (auto& [account, balance] : found->lines) {
            auto asset = asset_of(past.view(), account.asset);
            if (!asset) return std::unexpected{asset.error()};
            page.lines.push_back({std::move(account), balance, *std::move(asset)});
        }
        page.next = std::move(found->next);
        return page;
    }

    PastReader reader_;
};

class Remote final : public Pages {
public:
    Remote(std::unique_ptr<gateway::QueryClient> client, ReadOptions options)
        : client_{std::move(client)}, options_{std::move(options)} {}

    Result<Seq> resolve(const AtOptions& at) override { return resolve_at(*client_, at); }
    Result<Page> read(const ListedRange& range) override {
        const auto told = client_->list_accounts(range, read_after(options_));
        if (!told) return std::unexpected{told.error()};
        Page page{told->as_of, told->next, {}};
        for (const auto& line : told->lines)
            page.lines.push_back(line_of(line));
        return page;
    }

private:
    std::unique_ptr<gateway::QueryClient> client_;
    ReadOptions options_;
};

Result<std::unique_ptr<Pages>> open_pages(const AccountsFrom& from) {
    if (from.query.empty()) {
        auto reader = PastReader::open(from.read);
        if (!reader) return std::unexpected{reader.error()};
        return std::make_unique<Here>(*std::move(reader));
    }
    auto client = gateway::QueryClient::connect({.endpoint = from.query});
    if (!client) return std::unexpected{client.error()};
    return std::make_unique<Remote>(*std::move(client), from.read);
}

Result<ListedRange> range_of(const ListOptions& options) {
    ListedRange range{.path = options.path, .after = options.after, .asset = options.asset};
    if (!options.type.empty()) {
        range.type = parse_account_type(options.type);
        if (!range.type) {
            return fail(ErrorCode::usage,
                        "'" + options.type +
                            "' is not an account type: use asset, liability, equity, income or "
                            "expense");
        }
    }
    if (!options.state.empty()) {
        range.state = parse_account_state(options.state);
        if (!range.state) {
            return fail(ErrorCode::usage, "'" + options.state +
                                              "' is not a state: use open, frozen_debits, "
                                              "frozen_credits, frozen or closed");
        }
    }
    return range;
}

// A page at a time, so that the list may be long.
void print_json(const Page& page) {
    for (const auto& line : page.lines) {
        json::Line json;
        write_account(json, line, page.as_of);
        fmt::print("{}\n", json.str());
    }
}

void print_table(const Page& all) {
    Table table{{"ACCOUNT", "NUMBER", "TYPE", "STATE", "ASSET", "POSTED", "AVAILABLE", "VERSION"},
                {1, 5, 6, 7}};
    for (const auto& [account, balance, asset] : all.lines) {
        table.add({account.code, std::to_string(account.number.value()),
                   std::string{name_of(account.type)}, std::string{name_of(account.state)},
                   asset.code,
                   to_decimal(posted_balance(account.type, balance.totals), asset.scale),
                   to_decimal(available_balance(account.type, balance.totals), asset.scale),
                   std::to_string(balance.version)});
    }
    table.print();
    fmt::print("as of seq {}\n", all.as_of.value());
    if (all.next.empty()) return;
    fmt::print("more accounts: --after {} --at-seq {}\n", all.next, all.as_of.value());
}

void print_more(const Page& last) {
    json::Line json;
    json.begin_object().text("next", last.next).big("as_of_seq", last.as_of).end_object();
    fmt::print("{}\n", json.str());
}

int list(const ListOptions& options) {
    auto range = range_of(options);
    if (!range) return report(range.error());
    const auto pages = open_pages(options.from);
    if (!pages) return report(pages.error());
    const auto seq = (*pages)->resolve(options.from.at);
    if (!seq) return report(seq.error());
    range->as_of = *seq;
    const bool as_json = options.from.read.as_json;
    std::uint64_t left = options.is_all ? std::numeric_limits<std::uint64_t>::max() : options.limit;
    Page all;
    do {
        range->lines_max =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(left, schema::kListedMax));
        auto page = (*pages)->read(*range);
        if (!page) return report(page.error());
        left -= page->lines.size();
        all.as_of = range->as_of = page->as_of;
        all.next = range->after = page->next;
        if (as_json) print_json(*page);
        if (!as_json) std::ranges::move(page->lines, std::back_inserter(all.lines));
    } while (left > 0 && !all.next.empty());
    if (!as_json) print_table(all);
    if (as_json && !all.next.empty()) print_more(all);
    return kExitFine;
}

}  // namespace

void add_account_list(Subcommand& account, int& exit_code) {
    auto options = std::make_shared<ListOptions>();
    auto* command = account.add_subcommand(
        "list",
        "Prints accounts in the order of their codes, now or at any moment of the past, with the "
        "seq they stand at");
    command->add_option("PATH", options->path,
                        "The account of this code and those below it; none: every account");
    command->add_option("--after", options->after, "Only codes behind this one: the next page")
        ->type_name("CODE");
    command->add_option("--asset", options->asset, "Only those that count this asset");
    command->add_option("--type", options->type,
                        "Only asset, liability, equity, income or expense accounts");
    command->add_option("--state", options->state,
                        "Only open, frozen_debits, frozen_credits, frozen or closed accounts");
    auto* limit = command->add_option("--limit", options->limit, "Accounts at most")
                      ->positive()
                      ->capture_default_str()
                      ->type_name("COUNT");
    command->add_flag("--all", options->is_all, "However many there are")->excludes(limit);
    add_read_options(*command, options->from.read);
    add_at_options(*command, options->from.at);
    add_query_option(*command, options->from.query);
    command->footer(
        R"(With --json an account a line, as `account show` has it; then, when there are more, one with `next`.

Examples:
  daybook account list users --state frozen
  daybook account list --all --json --query tcp://127.0.0.1:7413
  daybook account list users --limit 1000 --after users:zoe --at-seq 1017

Exit codes:
  0 fine   64 usage   66 no such seq or projection   69 server not reachable   75 not applied yet
  76 damaged)");
    command->callback([options, &exit_code] { exit_code = list(*options); });
}

}  // namespace daybook::cli
