/* SPDX-License-Identifier: Apache-2.0 */
/* base64_blocks.c - sixteen base64 digits at a time, where the processor can: a quarter of the time
 * of a verified HS256 token was spent on digits one by one. The method is known: two tables looked
 * up by the halves of a byte tell whether it is a digit, a third how far it is from its value. */
#include "core/base/base64.h"

#if defined(__x86_64__)
#include <tmmintrin.h>

/* A byte is no digit where the entries of its halves have a bit in common. Bits, by the high half:
 * 0: 2x, with + and /, or with -; 1: 3x; 2: 4x and 6x; 3: 5x, with _ or without; 4: 7x; 5: others.
 */
static const signed char no_digit_low[2][16] = {
    {0x25, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x23, 0x3a, 0x3b, 0x3b, 0x3b,
     0x3a},
    {0x25, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x23, 0x3b, 0x3b, 0x3a, 0x3b,
     0x33},
};
static const signed char no_digit_high[16] = {0x20, 0x20, 0x01, 0x02, 0x04, 0x08, 0x04, 0x10,
                                              0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20};
/* What leads from a byte to its value, by the high half; of 2x that of '+', or of '-'. */
static const signed char distance[2][16] = {{0, 0, 19, 4, -65, -65, -71, -71},
                                            {0, 0, 17, 4, -65, -65, -71, -71}};
/* The digit of each alphabet that is further from its value than the others of its half, by how
 * much. */
static const signed char odd_digit[2] = {'/', '_'}, odd_distance[2] = {-3, 33};
/* Three bytes of each group, most significant first. */
static const signed char packing[16] = {2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1};

/* From its byte n on: moves a block n bytes to the front; -1 is where nothing comes from. */
static const signed char moving[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                       11, 12, 13, 14, 15, -1, -1, -1, -1, -1, -1,
                                       -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

/* The alphabet, in the registers of a processor. */
struct tables {
    __m128i low, high, distances, odd, odd_distance;
};

/* Sixteen digits as twelve bytes, and four more; *faults is not zero where a byte is no digit. */
__attribute__((target("ssse3"))) static inline __m128i block_decode(const struct tables *tables,
                                                                    __m128i digits, __m128i *faults)
{
    const __m128i half = _mm_set1_epi8(0x0f), order = _mm_loadu_si128((const __m128i *)packing);
    __m128i high = _mm_and_si128(_mm_srli_epi32(digits, 4), half);
    __m128i low = _mm_and_si128(digits, half);
    *faults = _mm_or_si128(*faults, _mm_and_si128(_mm_shuffle_epi8(tables->low, low),
                                                  _mm_shuffle_epi8(tables->high, high)));
    __m128i correction = _mm_and_si128(_mm_cmpeq_epi8(digits, tables->odd), tables->odd_distance);
    __m128i values =
        _mm_add_epi8(_mm_add_epi8(digits, correction), _mm_shuffle_epi8(tables->distances, high));
    __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
    return _mm_shuffle_epi8(_mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000)), order);
}

/* The last `count` digits before `end`, as a block filled up with zeroes. */
__attribute__((target("ssse3"))) static inline __m128i last_block(const char *end, size_t count)
{
    const __m128i from = _mm_loadu_si128((const __m128i *)(moving + IDP_BASE64_BLOCK_SIZE - count));
    __m128i digits = _mm_loadu_si128((const __m128i *)(end - IDP_BASE64_BLOCK_SIZE));
    __m128i empty = _mm_cmplt_epi8(from, _mm_setzero_si128());
    return _mm_or_si128(_mm_shuffle_epi8(digits, from), _mm_and_si128(empty, _mm_set1_epi8('A')));
}

__attribute__((target("ssse3"))) static bool blocks_decode(struct idp_bytes text,
                                                           unsigned char *out, bool url)
{
    const struct tables tables = {_mm_loadu_si128((const __m128i *)no_digit_low[url]),
                                  _mm_loadu_si128((const __m128i *)no_digit_high),
                                  _mm_loadu_si128((const __m128i *)distance[url]),
                                  _mm_set1_epi8(odd_digit[url]), _mm_set1_epi8(odd_distance[url])};
    const char *at = text.data, *end = text.data + text.size;
    __m128i faults = _mm_setzero_si128();
    for (; end - at >= IDP_BASE64_BLOCK_SIZE; at += IDP_BASE64_BLOCK_SIZE) {
        __m128i digits = _mm_loadu_si128((const __m128i *)at);
        _mm_storeu_si128((__m128i *)out, block_decode(&tables, digits, &faults));
        out += IDP_BASE64_BLOCK_SIZE / 4 * 3;
    }
    __m128i digits = last_block(end, (size_t)(end - at));
    _mm_storeu_si128((__m128i *)out, block_decode(&tables, digits, &faults));
    return _mm_movemask_epi8(_mm_cmpgt_epi8(faults, _mm_setzero_si128())) == 0;
}

bool idp_base64_blocks(struct idp_bytes text, unsigned char *out, bool url)
{
    return text.size >= IDP_BASE64_BLOCK_SIZE && __builtin_cpu_supports("ssse3") &&
           blocks_decode(text, out, url);
}

#else

bool idp_base64_blocks(struct idp_bytes text, unsigned char *out, bool url)
{
    (void)text, (void)out, (void)url;
    return false;
}

#endif
