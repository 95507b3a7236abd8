// The names of accounts that a group would open, for the answer to its dry run: their numbers are
// nobody's yet.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "gateway/key.h"
#include "http/render.h"
#include "http/writing.h"
#include "ledger/form.h"

namespace daybook::http {

namespace {

// The scales of assets, by code.
using Scales = std::map<std::string, unsigned>;

// Nobody tells the scale of an asset that has no account: the ledger is asked which one it would
// take for a repeat.
Scales scales_among(const std::vector<DefineAsset>& tried,
                    const std::vector<schema::Receipt>& receipts) {
    Scales scales;
    for (std::size_t i = 0; i < tried.size(); ++i) {
        const bool is_it = receipts[i].code == code_of(Rejection::asset_exists);
        if (is_it) scales.emplace(tried[i].code, tried[i].scale);
    }
    return scales;
}

asio::awaitable<Result<Scales>> find_scales(Service& service, const Request& request,
                                            std::vector<std::string> assets) {
    std::vector<DefineAsset> tried;
    std::vector<Command> commands;
    for (const auto& asset : assets) {
        for (unsigned scale = 0; scale <= kAssetScaleMax; ++scale) {
            tried.push_back({gateway::new_key(SystemClock{}.now()), asset, scale});
            commands.emplace_back(tried.back());
        }
    }
    const Ask asked{service.triers, [commands](gateway::CommandClient& client) {
                        return client.dry_run(commands);
                    }};
    auto receipts = co_await ask(service, request, asked);
    if (!receipts) co_return fail(ErrorCode::unreachable, "no answer in time");
    if (!*receipts) co_return std::unexpected{receipts->error()};
    co_return scales_among(tried, **receipts);
}

}  // namespace

bool opens_accounts(const Command& command) {
    const auto* atomic = std::get_if<Atomic>(&command);
    return atomic != nullptr && std::ranges::any_of(atomic->members, [](const Member& member) {
               return std::holds_alternative<OpenAccount>(member);
           });
}

asio::awaitable<Result<KnownNames>> would_be_names(Service& service, const Request& request,
                                                   const Command& command,
                                                   const schema::Receipt& receipt) {
    const auto& members = std::get<Atomic>(command).members;
    std::vector<std::pair<AccountNumber, Name>> opened;
    for (const auto& remark : receipt.remarks) {
        if (remark.kind != RemarkKind::number || remark.member >= members.size()) continue;
        const auto* account = std::get_if<OpenAccount>(&members[remark.member]);
        if (account == nullptr) continue;
        opened.emplace_back(remark.account(),
                            Name{account->code, account->asset, 0, account->type});
    }
    Scales scales;
    for (const auto& member : members) {
        if (const auto* asset = std::get_if<DefineAsset>(&member)) {
            scales.emplace(asset->code, asset->scale);
        }
    }
    std::vector<std::string> unknown;
    for (const auto& [number, name] : opened) {
        const bool is_known =
            scales.contains(name.asset) || std::ranges::find(unknown, name.asset) != unknown.end();
        if (!is_known) unknown.push_back(name.asset);
    }
    if (!unknown.empty()) {
        auto found = co_await find_scales(service, request, std::move(unknown));
        if (!found) co_return std::unexpected{found.error()};
        scales.merge(*found);
    }
    KnownNames names;
    for (auto& [number, name] : opened) {
        name.scale = scales[name.asset];
        names.add(number, std::make_shared<const Name>(std::move(name)));
    }
    co_return names;
}

}  // namespace daybook::http
