#include "http/listener.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <utility>

#include "http/request.h"

namespace daybook::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::optional<tcp::endpoint> parse_endpoint(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    auto host = text.substr(0, colon);
    if (host == "localhost") host = "127.0.0.1";
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    const auto port = parse_digits(std::string_view{text}.substr(colon + 1));
    if (error || !port || *port > 65535) return std::nullopt;
    return tcp::endpoint{address, static_cast<std::uint16_t>(*port)};
}

Result<std::unique_ptr<asio::ssl::context>> open_tls(const Options& options) {
    if (options.tls_certificate.empty() && options.tls_key.empty()) return nullptr;
    auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    boost::system::error_code error;
    tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                         asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_compression,
                     error);
    const auto wrong = [&](const char* what, const std::filesystem::path& file) {
        return fail(ErrorCode::configuration, std::string{"cannot read the "} + what + " '" +
                                                  file.string() + "': " + error.message() +
                                                  "; give --tls-certificate and --tls-key as PEM");
    };
    tls->use_certificate_chain_file(options.tls_certificate.string(), error);
    if (error) return wrong("certificate", options.tls_certificate);
    tls->use_private_key_file(options.tls_key.string(), asio::ssl::context::pem, error);
    if (error) return wrong("key", options.tls_key);
    return tls;
}

}  // namespace

Result<Listener> Listener::open(const Options& options, const Tokens& tokens) {
    const auto endpoint = parse_endpoint(options.listen);
    if (!endpoint) {
        return fail(ErrorCode::configuration,
                    "'" + options.listen + "' is not ADDRESS:PORT, e.g. 127.0.0.1:7480");
    }
    auto tls = open_tls(options);
    if (!tls) return std::unexpected{tls.error()};
    const bool is_here = endpoint->address().is_loopback();
    if (!is_here && !tokens.are_needed()) {
        return fail(ErrorCode::configuration, options.listen +
                                                  " is not on loopback: give --tokens, or anybody "
                                                  "may post");
    }
    if (!is_here && !*tls && !options.is_behind_proxy) {
        return fail(ErrorCode::configuration,
                    options.listen +
                        " is not on loopback: give --tls-certificate and --tls-key, or "
                        "--behind-proxy when another does TLS");
    }
    asio::io_context io;
    tcp::acceptor acceptor{io};
    boost::system::error_code error;
    acceptor.open(endpoint->protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(*endpoint, error);
    if (!error) acceptor.listen(4096, error);
    if (error) {
        const bool is_taken = error == asio::error::address_in_use;
        return fail(is_taken ? ErrorCode::try_again : ErrorCode::configuration,
                    "cannot listen at " + options.listen + ": " + error.message());
    }
    Listener listener;
    listener.socket = acceptor.release(error);
    listener.is_here = is_here;
    listener.protocol = endpoint->protocol();
    listener.tls = *std::move(tls);
    return listener;
}

}  // namespace daybook::http
