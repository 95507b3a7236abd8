#include "journal/sha256_stream.h"

#include <new>

// As in journal/sha256.cc: the same hardware code, without an allocation.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

namespace daybook::journal {

namespace {

SHA256_CTX* context_in(std::byte* room) {
    return std::launder(reinterpret_cast<SHA256_CTX*>(room));
}

}  // namespace

Sha256Stream::Sha256Stream() {
    static_assert(sizeof(SHA256_CTX) <= sizeof context_);
    SHA256_Init(new (context_.data()) SHA256_CTX);
}

void Sha256Stream::add(Bytes bytes) {
    SHA256_Update(context_in(context_.data()), bytes.data(), bytes.size());
}

Hash256 Sha256Stream::finish() {
    Hash256 hash;
    SHA256_Final(hash.bytes.data(), context_in(context_.data()));
    return hash;
}

}  // namespace daybook::journal
