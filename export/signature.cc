#include "export/signature.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace daybook::exports {

namespace {

constexpr std::size_t kSignatureBytes = 64;

struct KeyFreer {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct ContextFreer {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFreer>;
using Context = std::unique_ptr<EVP_MD_CTX, ContextFreer>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Never asks for a pass phrase: an encrypted key cannot be read.
int no_pass_phrase(char* /*buffer*/, int /*size*/, int /*is_writing*/, void* /*data*/) {
    return 0;
}

Result<Key> read_key(const std::filesystem::path& path, bool is_private) {
    const std::unique_ptr<std::FILE, FileCloser> file{std::fopen(path.c_str(), "re")};
    if (!file) {
        const bool is_denied = errno == EACCES || errno == EPERM;
        return fail(is_denied ? ErrorCode::no_permission : ErrorCode::not_found,
                    "cannot open the key '" + path.string() +
                        "': " + std::generic_category().message(errno));
    }
    Key key{is_private ? PEM_read_PrivateKey(file.get(), nullptr, &no_pass_phrase, nullptr)
                       : PEM_read_PUBKEY(file.get(), nullptr, &no_pass_phrase, nullptr)};
    ERR_clear_error();
    if (key && EVP_PKEY_get_id(key.get()) == EVP_PKEY_ED25519) return key;
    return fail(ErrorCode::bad_input,
                "'" + path.string() + "' is no " + (is_private ? "private" : "public") +
                    " Ed25519 key in PEM without a pass phrase; make one with " +
                    (is_private ? "`openssl genpkey -algorithm ed25519 -out key.pem`"
                                : "`openssl pkey -in key.pem -pubout -out public.pem`"));
}

}  // namespace

Result<std::string> sign(std::string_view manifest, const std::filesystem::path& private_key) {
    const auto key = read_key(private_key, true);
    if (!key) return std::unexpected{key.error()};
    const Context context{EVP_MD_CTX_new()};
    std::string signature(kSignatureBytes, '\0');
    std::size_t size = signature.size();
    const bool is_signed =
        context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key->get()) == 1 &&
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       bytes_of(manifest), manifest.size()) == 1;
    if (is_signed && size == kSignatureBytes) return signature;
    ERR_clear_error();
    return fail(ErrorCode::io_failed, "cannot sign with '" + private_key.string() + "'");
}

Result<bool> is_signature(std::string_view signature, std::string_view manifest,
                          const std::filesystem::path& public_key) {
    const auto key = read_key(public_key, false);
    if (!key) return std::unexpected{key.error()};
    if (signature.size() != kSignatureBytes) return false;
    const Context context{EVP_MD_CTX_new()};
    const bool is_ours =
        context &&
        EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key->get()) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(manifest),
                         manifest.size()) == 1;
    ERR_clear_error();
    return is_ours;
}

}  // namespace daybook::exports
