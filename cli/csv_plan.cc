#include "cli/csv_plan.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "cli/scales.h"
#include "gateway/command_client.h"
#include "gateway/key.h"
#include "ledger/form.h"
#include "reconcile/rules.h"

namespace daybook::cli {

namespace {

struct Unit {
    std::string asset;
    unsigned scale = 0;
};

// Of a text that is no entry's name, since those are of visible characters: no entry of the file,
// or of another one, has the key. The same at the next import, whatever the code's length.
Id128 key_of_opening(const std::string& code) {
    constexpr std::size_t kKeyDigits = 32;
    const auto hash = reconcile::sha256_of("import csv opens\n" + code);
    const auto key = parse_id128(std::string_view{hash}.substr(0, kKeyDigits));
    CHECK_INVARIANT(key.has_value(), "a hash is of hexadecimal digits");
    return *key;
}

class Planner {
public:
    explicit Planner(gateway::CommandClient& client) : client_{client} {}

    Result<void> learn(const CsvEntries& read) {
        std::vector<std::string> codes;
        for (const auto& [code, account] : read.accounts)
            codes.push_back(code);
        if (codes.empty()) return {};
        const auto found = client_.resolve(codes);
        if (!found) return std::unexpected{found.error()};
        for (std::size_t i = 0; i < codes.size(); ++i) {
            const auto& stated = read.accounts.at(codes[i]);
            const auto& there = (*found)[i];
            auto learned = there.number.is_none()
                               ? learn_new(codes[i], stated)
                               : learn_known(codes[i], stated, {there.asset_code, there.scale});
            if (!learned) return learned;
        }
        return {};
    }

    void add(CsvEntry entry) {
        PostEntry command{entry.key, {}, std::move(entry.particulars)};
        std::map<std::string, ControlTotal> sums;
        for (const auto& posting : entry.postings) {
            const auto why = add_posting(posting, command, sums);
            if (!why.empty()) return refuse(posting.line, entry.name, why);
        }
        for (const auto& [asset, sum] : sums) {
            if (sum.debits == sum.credits) continue;
            return refuse(entry.line, entry.name,
                          "it does not balance: " + to_decimal(sum.debits, sum.scale) +
                              " debits and " + to_decimal(sum.credits, sum.scale) + " credits of " +
                              asset);
        }
        const auto malformation = check_form(command);
        if (malformation != Malformation::none) {
            return refuse(entry.line, entry.name,
                          std::string{name_of(malformation)} + ": " +
                              std::string{remedy_of_code(code_of(malformation))});
        }
        if (!add_totals(sums))
            return refuse(entry.line, entry.name, "the file's sum passes 128 bits");
        plan_.postings += command.postings.size();
        plan_.entries.push_back(std::move(command));
        plan_.lines.push_back(entry.line);
        plan_.names.push_back(std::move(entry.name));
    }

    CsvPlan& plan() { return plan_; }

private:
    void refuse(std::size_t line, const std::string& entry, const std::string& why) {
        plan_.refused.push_back({line, entry, why});
    }

    Result<void> learn_known(const std::string& code, const CsvAccount& stated, const Unit& unit) {
        if (!stated.asset.empty() && stated.asset != unit.asset) {
            why_not_[code] =
                "account '" + code + "' is in " + unit.asset + ", not in " + stated.asset;
        } else {
            units_[code] = unit;
        }
        return {};
    }

    Result<void> learn_new(const std::string& code, const CsvAccount& stated) {
        if (stated.asset.empty() || !stated.type) {
            why_not_[code] =
                "there is no account '" + code + "'; open it, or state its asset and type in a row";
            return {};
        }
        const auto scale = scale_of(stated.asset);
        if (!scale) return std::unexpected{scale.error()};
        if (!*scale) {
            why_not_[code] = "there is no asset " + stated.asset + "; define it first";
            return {};
        }
        units_[code] = {stated.asset, **scale};
        OpenAccount opening{key_of_opening(code), code, stated.asset, *stated.type, {}};
        if (check_form(opening) == Malformation::none) {
            plan_.accounts.push_back(std::move(opening));
        } else {
            why_not_[code] = "account '" + code + "' cannot be opened under this code";
        }
        return {};
    }

    // Tried with every scale, an asset that is there says which is its own.
    Result<std::optional<unsigned>> scale_of(const std::string& asset) {
        constexpr unsigned kScaleMax = 18;
        if (const auto known = scales_.find(asset); known != scales_.end()) return known->second;
        std::optional<unsigned> found;
        std::vector<Command> tries;
        SystemClock clock;
        for (unsigned scale = 0; scale <= kScaleMax; ++scale) {
            const DefineAsset tried{gateway::new_key(clock.now()), asset, scale};
            if (check_form(tried) != Malformation::none) return scales_[asset] = std::nullopt;
            tries.emplace_back(tried);
        }
        const auto receipts = client_.dry_run(tries);
        if (!receipts) return std::unexpected{receipts.error()};
        for (unsigned scale = 0; scale < receipts->size(); ++scale) {
            if ((*receipts)[scale].code == code_of(Rejection::asset_exists)) found = scale;
        }
        return scales_[asset] = found;
    }

    // What is wrong with it; empty when it is in the command.
    std::string add_posting(const CsvPosting& posting, PostEntry& command,
                            std::map<std::string, ControlTotal>& sums) {
        if (const auto why = why_not_.find(posting.account); why != why_not_.end())
            return why->second;
        const Unit& unit = units_.at(posting.account);
        const auto amount = parse_typed(posting.amount, unit.scale);
        if (!amount) return amount.error().detail;
        if (amount->is_zero()) return "the amount is zero";
        ControlTotal& sum = sums[unit.asset];
        sum.scale = unit.scale;
        Amount& side = posting.side == Side::debit ? sum.debits : sum.credits;
        const auto total = checked_add(side, *amount);
        if (!total) return "the entry's sum passes 128 bits";
        side = *total;
        command.postings.push_back({{{}, posting.account}, posting.side, *amount});
        return {};
    }

    bool add_totals(const std::map<std::string, ControlTotal>& sums) {
        for (const auto& [asset, sum] : sums) {
            ControlTotal& all = plan_.totals[asset];
            const auto total = checked_add(all.debits, sum.debits);
            if (!total) return false;
            all = {sum.scale, *total, *total};  // each entry balances
        }
        return true;
    }

    gateway::CommandClient& client_;
    std::map<std::string, Unit> units_;           // by account
    std::map<std::string, std::string> why_not_;  // accounts that cannot be posted to
    std::map<std::string, std::optional<unsigned>> scales_;
    CsvPlan plan_;
};

}  // namespace

Result<CsvPlan> plan_csv(gateway::CommandClient& client, CsvEntries read) {
    Planner planner{client};
    if (auto learned = planner.learn(read); !learned) return std::unexpected{learned.error()};
    for (auto& entry : read.entries)
        planner.add(std::move(entry));
    CsvPlan& plan = planner.plan();
    plan.rows = read.rows;
    plan.refused.insert(plan.refused.end(), read.refused.begin(), read.refused.end());
    std::ranges::sort(plan.refused, {}, &RefusedLine::line);
    return std::move(plan);
}

}  // namespace daybook::cli
