/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_encoding.c - decoders of any bytes: what they take has that one spelling, and comes back. */
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_base64(struct idp_call *call, struct idp_bytes text)
{
    struct idp_bytes url = idp_base64url_decode(call, text);
    if (url.data != NULL)
        host_require(idp_bytes_equal(idp_base64url_encode(call, url), text));
    struct idp_bytes standard = idp_base64_decode(call, text);
    if (standard.data != NULL)
        host_require(idp_bytes_equal(idp_base64_encode(call, standard), text));
    url = idp_base64url_decode(call, idp_base64url_encode(call, text));
    host_require(idp_bytes_equal(url, text));
    standard = idp_base64_decode(call, idp_base64_encode(call, text));
    host_require(idp_bytes_equal(standard, text));
}

static void check_form(struct idp_call *call, struct idp_bytes text)
{
    struct idp_bytes decoded = idp_form_decode(call, text);
    host_require(decoded.size <= text.size);
    decoded = idp_form_decode(call, idp_url_encode(call, text));
    host_require(decoded.data != NULL && idp_bytes_equal(decoded, text));
}

static void check_time(struct idp_call *call, struct idp_bytes text)
{
    int64_t time_us, again_us;
    if (!idp_time_read(text, &time_us))
        return;
    host_require(idp_time_read(idp_time_text(call, time_us), &again_us));
    host_require(again_us == time_us);
}

static void check_words(struct idp_call *call, struct idp_bytes text)
{
    struct idp_bytes rest = text;
    struct idp_text joined = {.call = call};
    for (struct idp_bytes word; (word = idp_word_next(&rest)).size > 0;) {
        host_require(idp_word_in(text, word));
        idp_text_add(&joined, word);
    }
    host_require(joined.size <= text.size);
}

static void check_all(struct idp_call *call, struct idp_bytes *rest)
{
    check_base64(call, *rest);
    check_form(call, *rest);
    check_time(call, *rest);
    check_words(call, *rest);
    idp_utf8_valid(*rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check_all);
}
