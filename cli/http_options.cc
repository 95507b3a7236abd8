#include "cli/http_options.h"

#include <chrono>

#include "cli/parser.h"

namespace daybook::cli {

http::Options HttpOptions::chosen() const {
    auto all = options;
    all.caps.header_time = std::chrono::seconds{header_seconds};
    all.caps.body_time = std::chrono::seconds{body_seconds};
    all.caps.idle_time = std::chrono::seconds{idle_seconds};
    all.caps.drain_time = std::chrono::seconds{drain_seconds};
    all.are_metrics_open = opens_metrics;
    all.caps.connections_max = connections;
    return all;
}

void add_http_options(Subcommand& command, HttpOptions& options) {
    command
        .add_option("--tokens", options.options.tokens,
                    "Who may what over HTTP: a line a token, made by `daybook token` (default: on "
                    "loopback everybody may everything)")
        ->type_name("FILE");
    command.add_option("--tls-key", options.options.tls_key, "The certificate's private key, PEM")
        ->type_name("FILE");
    command
        .add_option("--tls-certificate", options.options.tls_certificate,
                    "Serve HTTPS with this chain of certificates, PEM")
        ->type_name("FILE")
        ->needs("--tls-key");
    command.add_flag("--behind-proxy", options.options.is_behind_proxy,
                     "Whoever is in front does TLS: plain HTTP is served off loopback too");
    command.add_flag("--log-requests", options.options.logs_requests,
                     "Log every HTTP request, not only those answered by 5xx");
    command
        .add_option("--http-connections", options.connections,
                    "At most so many open at once; further ones are answered 503")
        ->positive()
        ->capture_default_str()
        ->type_name("N");
    command
        .add_option("--header-time", options.header_seconds,
                    "Seconds until a request's header must have come, however slowly")
        ->positive()
        ->capture_default_str()
        ->type_name("S");
    command
        .add_option("--body-time", options.body_seconds, "Seconds until its body must have come")
        ->positive()
        ->capture_default_str()
        ->type_name("S");
    command
        .add_option("--idle-time", options.idle_seconds,
                    "Seconds that a connection may wait for its next request")
        ->positive()
        ->capture_default_str()
        ->type_name("S");
    command
        .add_option("--drain-time", options.drain_seconds,
                    "Seconds that requests under way get when the gateway stops; what waits still "
                    "is then answered 503")
        ->positive()
        ->capture_default_str()
        ->type_name("S");
    command.add_flag("--open-metrics", options.opens_metrics,
                     "Off loopback /metrics and /readyz need no token either");
}

}  // namespace daybook::cli
