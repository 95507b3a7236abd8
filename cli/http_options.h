// The options of an HTTP gateway, alone or in `serve`.
#pragma once

#include <cstdint>
#include <string>

#include "http/options.h"

namespace daybook::cli {

class Subcommand;

struct HttpOptions {
    http::Options options;
    std::uint32_t header_seconds = 10;
    std::uint32_t body_seconds = 20;
    std::uint32_t idle_seconds = 75;
    std::uint32_t drain_seconds = 10;
    bool opens_metrics = false;
    std::uint64_t connections = 10'000;

    // As the server wants them.
    http::Options chosen() const;
};

// All but where it listens and whom it asks.
void add_http_options(Subcommand& command, HttpOptions& options);

}  // namespace daybook::cli
