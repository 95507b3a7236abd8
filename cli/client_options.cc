#include "cli/client_options.h"

#include "base/clock.h"
#include "cli/data_directory.h"
#include "cli/parser.h"
#include "gateway/key.h"

namespace daybook::cli {

void add_client_options(Subcommand& command, std::string& endpoint, std::string& key,
                        bool& as_json) {
    command
        .add_option("--key", key,
                    "Idempotency key, 1-128 visible characters; the same key never acts twice "
                    "(default: a new one, printed)")
        ->type_name("KEY");
    add_connect_option(command, endpoint);
    command.add_flag("--json", as_json, "Print one JSON object");
}

Result<Id128> choose_key(const std::string& text) {
    if (text.empty()) return gateway::new_key(SystemClock{}.now());
    const auto key = gateway::key_from_text(text);
    if (key) return *key;
    return fail(
        ErrorCode::usage,
        "'" + text + "' is not a key: use 1 to 128 visible ASCII characters, not all zeros");
}

Error with_key(Error error, const Id128& key) {
    error.detail += "; its key is " + gateway::to_uuid(key);
    return error;
}

}  // namespace daybook::cli
