// `import jsonl`, for the family of `import`.
#pragma once

namespace daybook::cli {

class Subcommand;

void add_import_jsonl(Subcommand& import, int& exit_code);

}  // namespace daybook::cli
