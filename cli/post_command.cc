#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_options.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "ledger/amount.h"
#include "ledger/command.h"

namespace daybook::cli {

namespace {

struct PostOptions {
    CommandOptions common;
    std::string debit;
    std::string credit;
    std::string amount;
    std::vector<std::string> postings;
    std::string balancing = "none";
    std::string rate;
    std::string rounding = "down";
    std::string residue;
};

// A posting as typed: the amount is still text, since its scale is the asset's.
struct TypedPosting {
    Side side;
    std::string account;
    std::string amount;
};

Result<TypedPosting> parse_posting(const std::string& text) {
    const auto first = text.find(',');
    const auto second = first == std::string::npos ? first : text.find(',', first + 1);
    const auto side = text.substr(0, first);
    if (second == std::string::npos || (side != "debit" && side != "credit")) {
        return fail(
            ErrorCode::usage,
            "'" + text + "' is not a posting: write debit,ACCOUNT,AMOUNT or credit,ACCOUNT,AMOUNT");
    }
    return TypedPosting{side == "debit" ? Side::debit : Side::credit,
                        text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

Result<std::vector<TypedPosting>> typed_postings(const PostOptions& options) {
    std::vector<TypedPosting> postings;
    const bool has_short_form =
        !options.debit.empty() || !options.credit.empty() || !options.amount.empty();
    if (has_short_form == !options.postings.empty()) {
        return fail(ErrorCode::usage,
                    "give --debit, --credit and --amount, or two or more --posting, not both");
    }
    if (has_short_form) {
        if (options.debit.empty() || options.credit.empty() || options.amount.empty()) {
            return fail(ErrorCode::usage, "--debit, --credit and --amount go together");
        }
        postings.push_back({Side::debit, options.debit, options.amount});
        postings.push_back({Side::credit, options.credit, options.amount});
    }
    for (const auto& text : options.postings) {
        auto posting = parse_posting(text);
        if (!posting) return std::unexpected{posting.error()};
        postings.push_back(*std::move(posting));
    }
    return postings;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_count = error == std::errc{} && end == text.data() + text.size() && value != 0;
    return is_count ? std::optional{value} : std::nullopt;
}

Result<std::optional<Rate>> parse_rate(const PostOptions& options) {
    if (options.rate.empty()) return std::optional<Rate>{};
    const auto slash = std::min(options.rate.find('/'), options.rate.size());
    const std::string_view text{options.rate};
    const auto numerator = parse_count(text.substr(0, slash));
    const auto denominator = slash == text.size() ? std::optional<std::uint64_t>{1}
                                                  : parse_count(text.substr(slash + 1));
    if (!numerator || !denominator) {
        return fail(ErrorCode::usage,
                    "'" + options.rate + "' is not a rate: write N/D, two whole numbers above 0");
    }
    const auto rounding = parse_rounding(options.rounding);
    if (!rounding) {
        return fail(ErrorCode::usage, "'" + options.rounding +
                                          "' is not a rounding: use down, up, half_up or "
                                          "half_even");
    }
    return Rate{*numerator, *denominator, *rounding, {{}, options.residue}};
}

Result<PostEntry> read_terms(const PostOptions& options) {
    PostEntry entry;
    const auto balancing = parse_balancing(options.balancing);
    if (!balancing) {
        return fail(ErrorCode::usage,
                    "'" + options.balancing + "' cannot balance: use debit, credit or both");
    }
    entry.balancing = *balancing;
    auto rate = parse_rate(options);
    if (!rate) return std::unexpected{rate.error()};
    entry.rate = *std::move(rate);
    return entry;
}

int post(const PostOptions& options) {
    const auto typed = typed_postings(options);
    if (!typed) return report(typed.error());
    auto entry = read_terms(options);
    if (!entry) return report(entry.error());
    std::vector<std::string> accounts;
    for (const auto& posting : *typed)
        accounts.push_back(posting.account);
    return send_command(
        options.common, accounts, [&](const ServerFacts& server) -> Result<Command> {
            for (const auto& posting : *typed) {
                const auto amount = server.scales.parse(posting.account, posting.amount);
                if (!amount) return std::unexpected{amount.error()};
                entry->postings.push_back({AccountRef{{}, posting.account}, posting.side, *amount});
            }
            return *entry;
        });
}

void add_terms(Subcommand& command, PostOptions& options) {
    command
        .add_option(
            "--balancing", options.balancing,
            "debit, credit or both: the amount is the most to post, and that side's "
            "account gives or takes what it can within its limits, down to 0 where it has no "
            "minimum; of two postings")
        ->type_name("SIDE");
    command
        .add_option("--rate", options.rate,
                    "N/D of an exchange, which the ledger verifies in minor units: bought = sold x "
                    "N / D, the asset of the first posting is sold")
        ->type_name("N/D");
    command.add_option("--rounding", options.rounding, "down, up, half_up or half_even")
        ->capture_default_str()
        ->needs("--rate");
    command
        .add_option("--residue", options.residue,
                    "The account that one of the postings credits with what rounding takes off "
                    "(default: whoever gives keeps it)")
        ->needs("--rate")
        ->type_name("ACCOUNT");
}

}  // namespace

void add_post_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<PostOptions>();
    auto* command = app.add_subcommand(
        "post",
        "Posts an entry; returns when it is durable, with its seq or the reason it was rejected");
    command->add_option("--debit", options->debit, "Account debited (short form)")
        ->type_name("ACCOUNT");
    command->add_option("--credit", options->credit, "Account credited (short form)")
        ->type_name("ACCOUNT");
    command->add_option("--amount", options->amount, "In the asset's units, e.g. 12.50")
        ->type_name("AMOUNT");
    command
        ->add_option(
            "--posting", options->postings,
            "debit,ACCOUNT,AMOUNT or credit,ACCOUNT,AMOUNT; two to 255, balanced per asset")
        ->type_name("POSTING");
    add_terms(*command, *options);
    add_command_options(*command, options->common);
    command->footer(std::string{R"(Examples:
  daybook post --debit bank:cash --credit users:alice --amount 12.50 --key order-1001
  daybook post --posting debit,bank:cash,10 --posting credit,users:alice,9 --posting credit,fees,1
  daybook post --debit users:alice --credit users:bob --amount 100 --balancing debit)"} +
                    std::string{kCommandExitCodes});
    command->callback([options, &exit_code] { exit_code = post(*options); });
}

}  // namespace daybook::cli
