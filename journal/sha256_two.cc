#include "journal/sha256_two.h"

#include "journal/sha256.h"

#if defined(__x86_64__)

#include <algorithm>
#include <bit>
#include <cpuid.h>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace daybook::journal {

namespace {

constexpr std::size_t kBlockBytes = 64;
// The domain comes first, so that whatever is hashed lies one byte later in its blocks.
constexpr std::size_t kBesideDomain = kBlockBytes - sizeof(HashDomain);

// FIPS 180-4, 4.2.2.
alignas(64) constexpr std::array<std::uint32_t, 64> kRounds{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

bool has_sha_instructions() {
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    constexpr unsigned kSha = 1U << 29;
    const bool has_sha = __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & kSha) != 0;
    return has_sha && __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1");
}

// The eight words of a hash under way, in the order the instructions want them.
struct State {
    __m128i abef;
    __m128i cdgh;
};

constexpr std::array<std::uint32_t, 4> kInitialFeba{0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667};
constexpr std::array<std::uint32_t, 4> kInitialHgdc{0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372};

__m128i load(const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

// The next four words of the message schedule, of the sixteen before.
[[gnu::target("sha,sse4.1,ssse3"), gnu::always_inline]] inline __m128i next_words(__m128i a,
                                                                                  __m128i b,
                                                                                  __m128i c,
                                                                                  __m128i d) {
    const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4));
    return _mm_sha256msg2_epu32(sum, d);
}

[[gnu::target("sha,sse4.1,ssse3"), gnu::always_inline]] inline void four_rounds(State& state,
                                                                                __m128i words,
                                                                                __m128i constants) {
    const __m128i sum = _mm_add_epi32(words, constants);
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sum);
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

// Takes `count` blocks into each of the two.
[[gnu::target("sha,sse4.1,ssse3")]] void compress(std::array<State, 2>& states,
                                                  std::array<const std::byte*, 2> blocks,
                                                  std::size_t count) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    State one = states[0];
    State two = states[1];
    for (std::size_t block = 0; block < count; ++block) {
        const State one_before = one;
        const State two_before = two;
        __m128i of_one[4];  // std::array would lose the type's alignment
        __m128i of_two[4];
        for (std::size_t i = 0; i < 4; ++i) {
            const std::size_t at = (block * kBlockBytes) + (i * sizeof(__m128i));
            of_one[i] = _mm_shuffle_epi8(load(blocks[0] + at), big_endian);
            of_two[i] = _mm_shuffle_epi8(load(blocks[1] + at), big_endian);
        }
#pragma GCC unroll 16
        for (std::size_t i = 0; i < 16; ++i) {
            const __m128i constants = load(&kRounds[i * 4]);
            four_rounds(one, of_one[i % 4], constants);
            four_rounds(two, of_two[i % 4], constants);
            if (i >= 12) continue;
            of_one[i % 4] = next_words(of_one[i % 4], of_one[(i + 1) % 4], of_one[(i + 2) % 4],
                                       of_one[(i + 3) % 4]);
            of_two[i % 4] = next_words(of_two[i % 4], of_two[(i + 1) % 4], of_two[(i + 2) % 4],
                                       of_two[(i + 3) % 4]);
        }
        one = {_mm_add_epi32(one.abef, one_before.abef), _mm_add_epi32(one.cdgh, one_before.cdgh)};
        two = {_mm_add_epi32(two.abef, two_before.abef), _mm_add_epi32(two.cdgh, two_before.cdgh)};
    }
    states = {one, two};
}

Hash256 hash_in(const State& state) {
    alignas(16) std::array<std::uint32_t, 4> feba;
    alignas(16) std::array<std::uint32_t, 4> hgdc;
    std::memcpy(feba.data(), &state.abef, sizeof feba);
    std::memcpy(hgdc.data(), &state.cdgh, sizeof hgdc);
    const std::array<std::uint32_t, 8> words{feba[3], feba[2], hgdc[3], hgdc[2],
                                             feba[1], feba[0], hgdc[1], hgdc[0]};
    Hash256 hash;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::uint32_t word = __builtin_bswap32(words[i]);
        std::memcpy(hash.bytes.data() + (i * sizeof word), &word, sizeof word);
    }
    return hash;
}

// The domain and the input's first bytes; or its last ones with the padding behind them.
using Edge = std::array<std::byte, 2 * kBlockBytes>;

void fill_first(Edge& edge, HashDomain domain, Bytes input) {
    edge[0] = std::byte{static_cast<std::uint8_t>(domain)};
    std::memcpy(edge.data() + sizeof domain, input.data(), kBesideDomain);
}

// FIPS 180-4, 5.1.1. Returns how many blocks that are.
std::size_t fill_last(Edge& edge, Bytes rest, std::size_t input_bytes) {
    std::ranges::fill(edge, std::byte{0});
    std::ranges::copy(rest, edge.begin());
    edge[rest.size()] = std::byte{0x80};
    const std::size_t blocks = rest.size() + 1 + sizeof(std::uint64_t) <= kBlockBytes ? 1 : 2;
    const std::uint64_t bits = __builtin_bswap64((sizeof(HashDomain) + input_bytes) * 8);
    std::memcpy(edge.data() + (blocks * kBlockBytes) - sizeof bits, &bits, sizeof bits);
    return blocks;
}

std::array<Hash256, 2> hash_side_by_side(HashDomain domain, Bytes first, Bytes second) {
    const State initial{std::bit_cast<__m128i>(kInitialFeba), std::bit_cast<__m128i>(kInitialHgdc)};
    std::array<State, 2> states{initial, initial};
    std::array<Edge, 2> edges;
    fill_first(edges[0], domain, first);
    fill_first(edges[1], domain, second);
    compress(states, {edges[0].data(), edges[1].data()}, 1);
    const std::size_t between = (first.size() - kBesideDomain) / kBlockBytes;
    compress(states, {first.data() + kBesideDomain, second.data() + kBesideDomain}, between);
    const std::size_t done = kBesideDomain + (between * kBlockBytes);
    const std::size_t last = fill_last(edges[0], first.subspan(done), first.size());
    fill_last(edges[1], second.subspan(done), second.size());
    compress(states, {edges[0].data(), edges[1].data()}, last);
    return {hash_in(states[0]), hash_in(states[1])};
}

const bool kHasShaInstructions = has_sha_instructions();

}  // namespace

std::array<Hash256, 2> hash_of_two(HashDomain domain, Bytes first, Bytes second) {
    if (kHasShaInstructions && first.size() == second.size() && first.size() >= kBesideDomain) {
        return hash_side_by_side(domain, first, second);
    }
    return {hash_of(domain, first), hash_of(domain, second)};
}

}  // namespace daybook::journal

#else

namespace daybook::journal {

std::array<Hash256, 2> hash_of_two(HashDomain domain, Bytes first, Bytes second) {
    return {hash_of(domain, first), hash_of(domain, second)};
}

}  // namespace daybook::journal

#endif
