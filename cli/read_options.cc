#include "cli/read_options.h"

#include <chrono>

#include "cli/data_directory.h"
#include "cli/parser.h"

namespace daybook::cli {

namespace {

std::unexpected<Error> lacks(const std::string& what) {
    return fail(ErrorCode::damaged,
                "the projection lacks " + what + "; delete the projection and start the projector");
}

}  // namespace

Option* add_wait_option(Subcommand& command, std::uint64_t& wait_ms, const std::string& help) {
    constexpr std::uint64_t kHourMs = 3'600'000;
    return command.add_option("--wait", wait_ms, help)
        ->at_most(kHourMs)
        ->capture_default_str()
        ->type_name("MS");
}

void add_read_options(Subcommand& command, ReadOptions& options) {
    add_data_option(command, options.data);
    command
        .add_option("--min-seq", options.min_seq,
                    "Wait until the projection has applied this seq (read your writes)")
        ->type_name("SEQ");
    add_wait_option(command, options.wait_ms, "How long to wait for it, in ms");
    command.add_flag("--json", options.as_json, "Print one JSON object a line");
}

Option* add_query_option(Subcommand& command, std::string& endpoint) {
    return command
        .add_option("--query", endpoint,
                    "Ask the query endpoint of a running server, without its data directory")
        ->envname("DAYBOOK_QUERY")
        ->type_name("ENDPOINT");
}

Result<projector::View> open_view(const projector::Balances& balances, const ReadOptions& options) {
    if (options.min_seq == 0) return balances.view();
    return balances.wait_for(Seq{options.min_seq}, std::chrono::milliseconds{options.wait_ms});
}

Result<projector::AssetInfo> asset_of(const projector::View& view, AssetNumber number) {
    auto asset = view.asset(number);
    if (!asset) return std::unexpected{asset.error()};
    if (!*asset) return lacks("asset " + std::to_string(number.value()));
    return **asset;
}

std::unexpected<Error> no_account(const std::string& code, Seq watermark) {
    return fail(ErrorCode::not_found, "there is no account '" + code + "' up to seq " +
                                          std::to_string(watermark.value()));
}

Result<AccountLine> account_line(const projector::View& view, const std::string& code) {
    const auto number = view.find(code);
    if (!number) return std::unexpected{number.error()};
    if (*number) return account_line(view, **number);
    return no_account(code, view.watermark().seq);
}

Result<AccountLine> account_line(const projector::View& view, AccountNumber number) {
    const auto account = view.account(number);
    if (!account) return std::unexpected{account.error()};
    const auto balance = view.balance(number);
    if (!balance) return std::unexpected{balance.error()};
    if (!*account || !*balance) return lacks("account number " + std::to_string(number.value()));
    auto asset = asset_of(view, (*account)->asset);
    if (!asset) return std::unexpected{asset.error()};
    return AccountLine{**account, **balance, *asset};
}

}  // namespace daybook::cli
