// What every subcommand that reads the projection takes and looks up alike.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "projector/balances.h"

namespace daybook::cli {

class Option;
class Subcommand;

struct ReadOptions {
    std::string data;
    std::uint64_t min_seq = 0;
    std::uint64_t wait_ms = 5000;
    bool as_json = false;
};

// `--wait MS`, an hour at most.
Option* add_wait_option(Subcommand& command, std::uint64_t& wait_ms, const std::string& help);
// `--data`, `--min-seq`, `--wait` and `--json`.
void add_read_options(Subcommand& command, ReadOptions& options);
// `--query ENDPOINT` (environment DAYBOOK_QUERY): a server to ask instead of files here.
Option* add_query_option(Subcommand& command, std::string& endpoint);

// The newest view, or the first that shows `min_seq`.
Result<projector::View> open_view(const projector::Balances& balances, const ReadOptions& options);

// `damaged` when the projection lacks it.
Result<projector::AssetInfo> asset_of(const projector::View& view, AssetNumber number);

struct AccountLine {
    projector::AccountInfo account;
    projector::Balance balance;
    projector::AssetInfo asset;
};

// `not_found`: there is no account of this code up to the watermark.
std::unexpected<Error> no_account(const std::string& code, Seq watermark);

// `not_found` when there is no account of this code.
Result<AccountLine> account_line(const projector::View& view, const std::string& code);
Result<AccountLine> account_line(const projector::View& view, AccountNumber number);

}  // namespace daybook::cli
