// FormatWriter: an export's files in one format. One thread: the walk's.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "export/chart.h"
#include "export/last_postings.h"
#include "export/output_file.h"
#include "export/walk.h"

namespace daybook::exports {

class FormatWriter {
public:
    FormatWriter() = default;
    virtual ~FormatWriter() = default;
    FormatWriter(const FormatWriter&) = delete;
    FormatWriter& operator=(const FormatWriter&) = delete;
    FormatWriter(FormatWriter&&) = delete;
    FormatWriter& operator=(FormatWriter&&) = delete;

    // Every record of the cut, in order; the chart is as the record left it. Before the first,
    // `begin` with the chart as the cut finds it.
    virtual Result<void> begin(const Chart& chart) = 0;
    virtual Result<void> add(const WalkedRecord& walked, const Chart& chart) = 0;
    // After the last: what is written, in the order in which the manifest names it.
    virtual Result<std::vector<WrittenFile>> end(const Chart& chart) = 0;
};

Result<std::unique_ptr<FormatWriter>> open_csv(const std::filesystem::path& directory);
Result<std::unique_ptr<FormatWriter>> open_jsonl(const std::filesystem::path& directory);
Result<std::unique_ptr<FormatWriter>> open_hledger(const std::filesystem::path& directory,
                                                   LastPostings last);
Result<std::unique_ptr<FormatWriter>> open_beancount(const std::filesystem::path& directory);

}  // namespace daybook::exports
