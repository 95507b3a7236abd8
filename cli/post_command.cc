#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/client_options.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "gateway/command_client.h"
#include "ledger/amount.h"
#include "ledger/command.h"

namespace daybook::cli {

namespace {

struct PostOptions {
    std::string endpoint;
    std::string key;
    std::string debit;
    std::string credit;
    std::string amount;
    std::vector<std::string> postings;
    std::string reference;
    std::string description;
    bool is_minor = false;
    bool as_json = false;
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

// The scale of each posting's asset. An account that does not exist gets that of one that does: the
// ledger will reject the entry and say why.
std::vector<unsigned> scales_of(const std::vector<schema::ResolvedAccount>& accounts) {
    const auto known = std::ranges::find_if(
        accounts, [](const auto& account) { return !account.number.is_none(); });
    std::vector<unsigned> scales;
    for (const auto& account : accounts) {
        const bool is_known = !account.number.is_none();
        scales.push_back(is_known ? account.scale : known == accounts.end() ? 0 : known->scale);
    }
    return scales;
}

Result<PostEntry> build_entry(const PostOptions& options, const std::vector<TypedPosting>& typed,
                              const std::vector<unsigned>& scales) {
    const auto key = choose_key(options.key);
    if (!key) return std::unexpected{key.error()};
    PostEntry entry{*key, {}};
    entry.particulars.reference = options.reference;
    entry.particulars.description = options.description;
    for (std::size_t i = 0; i < typed.size(); ++i) {
        const unsigned scale = options.is_minor ? 0 : scales[i];
        const auto amount = parse_decimal(typed[i].amount, scale);
        if (!amount) {
            return fail(ErrorCode::usage, "'" + typed[i].amount + "' is not an amount of at most " +
                                              std::to_string(scale) + " digits after the point");
        }
        entry.postings.push_back({AccountRef{{}, typed[i].account}, typed[i].side, *amount});
    }
    return entry;
}

int post(const PostOptions& options) {
    const auto typed = typed_postings(options);
    if (!typed) return report(typed.error());
    gateway::ClientOptions client_options;
    client_options.endpoint = options.endpoint;
    const auto client = gateway::CommandClient::connect(client_options);
    if (!client) return report(client.error());

    std::vector<std::string> codes;
    for (const auto& posting : *typed)
        codes.push_back(posting.account);
    const auto accounts = (*client)->resolve(codes);
    if (!accounts) return report(accounts.error());
    const auto entry = build_entry(options, *typed, scales_of(*accounts));
    if (!entry) return report(entry.error());
    const auto receipt = (*client)->execute(*entry);
    if (!receipt) return report(receipt.error());
    return print_receipt(*receipt, entry->key, options.as_json);
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
    command->add_flag("--minor", options->is_minor, "Amounts are in minor units, e.g. 1250");
    command->add_option("--reference", options->reference, "Your business id, at most 128 bytes");
    command->add_option("--description", options->description, "At most 256 bytes");
    add_client_options(*command, options->endpoint, options->key, options->as_json);
    command->footer(R"(Examples:
  daybook post --debit bank:cash --credit users:alice --amount 12.50 --key order-1001
  daybook post --posting debit,bank:cash,10 --posting credit,users:alice,9 --posting credit,fees,1)");
    command->callback([options, &exit_code] { exit_code = post(*options); });
}

}  // namespace daybook::cli
