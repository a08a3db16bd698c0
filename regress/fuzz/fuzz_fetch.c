/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_fetch.c - any options, settings, URL, address and headers of idplane_fetch, without a
 * network: a URL that is taken has no second reading in libcurl, a header that is sent is one line,
 * and an address is judged by where it leads.
 *
 * The input: the refused block; 16 bytes of an address; then options, URL, allowed addresses,
 * proxy, headers and body. */
#include <curl/curl.h>

#include "core/fetch/request.h"
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- addresses ---- */

/* The blocks of IPv4 anew, as numbers. */
static bool is_special(const unsigned char *at)
{
    uint32_t address = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return at[0] == 0 || at[0] == 10 || at[0] == 127 || at[0] >= 224 ||
           address >> 22 == (100u << 2 | 1) || address >> 16 == (169u << 8 | 254) ||
           address >> 20 == (172u << 4 | 1) || address >> 16 == (192u << 8 | 168) ||
           address >> 8 == 192u << 16 || address >> 8 == (192u << 16 | 2) ||
           address >> 8 == (192u << 16 | 88u << 8 | 99) || address >> 17 == (198u << 7 | 9) ||
           address >> 8 == (198u << 16 | 51u << 8 | 100) || address >> 8 == (203u << 16 | 113);
}

static void check_addresses(const unsigned char *bytes)
{
    struct idp_fetch_address ipv4 = {.size = 4}, ipv6 = {.size = 16};
    struct idp_fetch_address mapped = {.size = 16, .bytes = {[10] = 0xFF, [11] = 0xFF}};
    struct idp_fetch_address wrapped = {.size = 16, .bytes = {0x20, 0x02}};
    struct idp_fetch_blocks none = {0};
    memcpy(ipv4.bytes, bytes, 4);
    memcpy(mapped.bytes + 12, bytes, 4);
    memcpy(wrapped.bytes + 2, bytes, 4);
    memcpy(ipv6.bytes, bytes, 16);
    bool is_reachable = idp_fetch_address_reachable(&ipv4, none);
    host_require(is_reachable == !is_special(bytes));
    host_require(idp_fetch_address_reachable(&mapped, none) == is_reachable);
    host_require(idp_fetch_address_reachable(&wrapped, none) == is_reachable);
    struct idp_fetch_block own[] = {{ipv4, 32}, {ipv6, 128}};
    struct idp_fetch_blocks allowed = {own, IDP_COUNT(own)};
    host_require(idp_fetch_address_reachable(&ipv4, allowed));
    host_require(idp_fetch_address_reachable(&mapped, allowed));
    host_require(idp_fetch_address_reachable(&ipv6, allowed));
}

/* ---- URLs ---- */

static void require_none(CURLU *parts, CURLUPart part)
{
    char *text = NULL;
    host_require(curl_url_get(parts, part, &text, 0) != CURLUE_OK);
    curl_free(text);
}

/* libcurl has to see the scheme and host that stand there. */
static void check_url(struct idp_call *call, struct idp_bytes url)
{
    bool is_valid = idp_fetch_url_valid(url, false);
    host_require(!is_valid || idp_fetch_url_valid(url, true));
    if (!is_valid) {
        return;
    }
    CURLU *parts = idp_own(call, curl_url(), (void (*)(void *))curl_url_cleanup);
    char *scheme = NULL, *host = NULL;
    host_require(curl_url_set(parts, CURLUPART_URL, idp_text_c(call, url), 0) == CURLUE_OK);
    require_none(parts, CURLUPART_USER);
    require_none(parts, CURLUPART_PASSWORD);
    require_none(parts, CURLUPART_FRAGMENT);
    require_none(parts, CURLUPART_ZONEID);
    host_require(curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK);
    host_require(curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK);
    host_require(strcmp(scheme, "https") == 0 && strcspn(host, "/?#@\\ %") == strlen(host));
    curl_free(scheme);
    curl_free(host);
}

/* ---- what is asked ---- */

struct asked {
    struct idp_bytes options;
    struct idp_fetch_settings settings;
    struct idp_fetch_request request;
};

static void read_all(struct idp_call *call, void *data)
{
    struct asked *asked = data;
    idp_fetch_settings_read(call, &asked->settings, &asked->request);
    idp_fetch_options_read(call, idp_value_json_text(asked->options), &asked->request);
}

static void check_request(const struct idp_fetch_request *request)
{
    host_require(request->timeout_ms >= 1 && request->timeout_ms <= 5000);
    host_require(request->size_max >= 1 && request->size_max <= 4096);
    host_require(request->is_post || request->body.size == 0);
    host_require(request->allowed.count <= IDP_FETCH_ADDRESS_COUNT_MAX);
    host_require(request->header_count <= IDP_FETCH_HEADER_COUNT_MAX);
    for (size_t i = 0; i < request->header_count; i++) {
        size_t name_size = strcspn(request->headers[i], ":;");
        host_require(name_size > 0 && request->headers[i][name_size] != 0);
        host_require(strpbrk(request->headers[i], "\r\n") == NULL);
        host_require(strncasecmp(request->headers[i], "host:", 5) != 0);
    }
}

static void check_asked(struct idp_call *call, struct asked *asked)
{
    struct host *host = call->context;
    if (host_try(host, read_all, asked)) {
        check_request(&asked->request);
    }
    enum idp_error error = host->error;
    host->error = IDP_OK; /* the call that asked goes on */
    if (error == IDP_OUT_OF_MEMORY) {
        idp_fail(call, error);
    }
    host_require(error == IDP_OK || error == IDP_INVALID_ARGUMENT || error == IDP_INVALID_JSON ||
                 error == IDP_TOO_LARGE || error == IDP_INVALID_SETTINGS);
}

/* ---- what came back ---- */

static void check_answer(struct idp_call *call, struct idp_bytes headers, struct idp_bytes body)
{
    struct idp_fetch_response *response = idp_allocate(call, sizeof *response);
    response->headers = response->body =
        (struct idp_fetch_received){.call = call, .size_max = 1 << 20};
    enum idp_error error = IDP_OK;
    if (!idp_fetch_receive(&response->headers, headers.data, headers.size) ||
        !idp_fetch_receive(&response->body, body.data, body.size)) {
        idp_fail(call, response->headers.failure | response->body.failure);
    }
    struct idp_json *answer = idp_fetch_answer(call, response, &error);
    host_require((answer == NULL) == (error != IDP_OK));
    const char *why;
    host_require(answer == NULL || idp_json_read(call, idp_json_text(call, answer), &why) != NULL);
}

static void fetch(struct idp_call *call, struct idp_bytes *rest)
{
    unsigned char address[16];
    for (size_t i = 0; i < sizeof address; i++) {
        address[i] = input_byte(rest);
    }
    struct asked asked = {.options = input_part(rest)};
    struct idp_bytes url = input_part(rest), allowed = input_part(rest), proxy = input_part(rest);
    struct idp_bytes headers = input_part(rest), body = input_part(rest);
    asked.settings.timeout_ms = 5000;
    asked.settings.size_max = 4096;
    asked.settings.allowed_addresses = idp_bytes_copy(call, allowed).data;
    asked.settings.proxy = idp_bytes_copy(call, proxy).data;
    check_addresses(address);
    check_url(call, url);
    check_asked(call, &asked);
    check_answer(call, headers, body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, fetch);
}
