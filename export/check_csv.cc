#include <string>

#include "export/balances_check.h"
#include "export/check_lines.h"
#include "export/content_check.h"
#include "export/csv_heads.h"
#include "export/entries_check.h"

namespace daybook::exports {

namespace {

struct Table {
    std::filesystem::path path;
    std::string_view head;                               // its first row
    std::function<Result<void>(std::string_view)> take;  // the rows behind it
    std::function<Result<void>()> end;                   // asked once all are read
};

Found check_table(const Table& table, const TellSeq& at, const GoOn& go_on) {
    const auto& [path, head, take, end] = table;
    std::uint64_t lines = 0;
    auto finding = check_lines(
        path,
        [&](std::uint64_t number, std::string_view text) -> Result<void> {
            lines = number;
            if (number > 1) return take(text);
            if (head.size() == text.size() + 1 && head.starts_with(text)) return {};
            return fail(ErrorCode::bad_input, "it is not the head of the table");
        },
        at, go_on);
    if (!finding || *finding) return finding;
    const std::string name = path.filename().string();
    if (lines == 0) return ExportFinding{name, 0, {}, "it has no head", {}, {}};
    if (const auto ended = end(); !ended) {
        return ExportFinding{name, 0, at(), ended.error().detail, {}, {}};
    }
    return std::optional<ExportFinding>{};
}

}  // namespace

Found check_csv(const std::filesystem::path& directory, const Manifest& manifest,
                const GoOn& go_on) {
    EntriesCheck entries{manifest};
    auto finding = check_table(
        {directory / "entries.csv", kEntriesHead,
         [&](std::string_view text) { return entries.add(text); },
         [&] { return entries.end_record(); }},
        [&] { return entries.at(); }, go_on);
    if (!finding || *finding) return finding;
    if (auto differs = compare(manifest, entries.recomputed())) return differs;
    BalancesCheck balances{manifest, entries};
    const TellSeq no_seq = [] { return Seq{}; };
    const GoOn go_on_at_end = [&](Seq) { return !go_on || go_on(manifest.to); };
    finding = check_table({directory / "balances.csv", kBalancesHead,
                           [&](std::string_view text) { return balances.add_balance(text); },
                           [&] { return balances.end_balances(); }},
                          no_seq, go_on_at_end);
    if (!finding || *finding) return finding;
    return check_table({directory / "trial-balance.csv", kTrialHead,
                        [&](std::string_view text) { return balances.add_trial(text); },
                        [&] { return balances.end_trial(); }},
                       no_seq, go_on_at_end);
}

}  // namespace daybook::exports
