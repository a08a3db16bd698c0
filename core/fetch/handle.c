/* SPDX-License-Identifier: Apache-2.0 */
/* handle.c - what libcurl is told before a transfer: the rules that hold for every one, the way
 * out, and the request. */
#include "core/fetch/handle.h"

void idp_fetch_check(struct idp_call *call, CURLcode code)
{
    if (code == CURLE_OUT_OF_MEMORY) {
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    if (code != CURLE_OK) {
        idp_fail_with(call, IDP_CRYPTO,
                      "libcurl does not take a rule of idplane_fetch. Install one "
                      "that was built with OpenSSL.");
    }
}

static void set_number(struct idp_call *call, CURL *easy, CURLoption option, long value)
{
    idp_fetch_check(call, curl_easy_setopt(easy, option, value));
}

static void set_text(struct idp_call *call, CURL *easy, CURLoption option, const char *value)
{
    idp_fetch_check(call, curl_easy_setopt(easy, option, value));
}

/* What is the same in every request: nothing is followed, kept, decoded or read from the
 * environment, and certificates are always checked. */
static void set_rules(struct idp_call *call, CURL *easy)
{
    static const struct {
        CURLoption option;
        long value;
    } rules[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_NOPROGRESS, 1},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_HTTP09_ALLOWED, 0},
        {CURLOPT_FORBID_REUSE, 1},
        {CURLOPT_SSL_SESSIONID_CACHE, 0},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_PROXY_SSL_VERIFYPEER, 1},
        {CURLOPT_PROXY_SSL_VERIFYHOST, 2},
        {CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
#if LIBCURL_VERSION_NUM >= 0x075700
        {CURLOPT_QUICK_EXIT, 1}, /* does not wait for a name that is being resolved */
#endif
    };
    for (size_t i = 0; i < IDP_COUNT(rules); i++) {
        set_number(call, easy, rules[i].option, rules[i].value);
    }
#if LIBCURL_VERSION_NUM >= 0x075500
    set_text(call, easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set_number(call, easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    set_text(call, easy, CURLOPT_USERAGENT, "idplane/" IDP_VERSION);
}

/* An empty proxy and an empty list of exceptions shut out those of the environment. With a file of
 * its own, nothing else is trusted. */
static void set_way(struct idp_call *call, CURL *easy, const struct idp_fetch_request *request)
{
    set_text(call, easy, CURLOPT_PROXY, request->proxy != NULL ? request->proxy : "");
    set_text(call, easy, CURLOPT_NOPROXY, "");
    if (request->ca_file != NULL) {
        set_text(call, easy, CURLOPT_CAINFO, request->ca_file);
        set_text(call, easy, CURLOPT_CAPATH, NULL);
        set_text(call, easy, CURLOPT_PROXY_CAINFO, request->ca_file);
        set_text(call, easy, CURLOPT_PROXY_CAPATH, NULL);
    }
}

/* The list is in the arena, as its lines are: libcurl only reads it. A content type is the caller's
 * to say, not to be guessed. */
static void set_headers(struct idp_call *call, CURL *easy, const struct idp_fetch_request *request)
{
    struct curl_slist *nodes = idp_allocate(call, (request->header_count + 1) * sizeof *nodes);
    struct curl_slist *list = NULL;
    bool has_type = false;
    for (size_t i = request->header_count; i-- > 0;) {
        nodes[i] = (struct curl_slist){(char *)request->headers[i], list};
        list = &nodes[i];
        has_type = has_type || (strncasecmp(list->data, "content-type", 12) == 0 &&
                                strchr(":;", list->data[12]) != NULL);
    }
    if (!has_type) {
        nodes[request->header_count] = (struct curl_slist){(char *)"Content-Type:", list};
        list = &nodes[request->header_count];
    }
    idp_fetch_check(call, curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list));
}

static void set_request(struct idp_call *call, CURL *easy, const struct idp_fetch_request *request)
{
    set_text(call, easy, CURLOPT_URL, request->url);
    set_number(call, easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    idp_fetch_check(
        call, curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->size_max));
    set_headers(call, easy, request);
    if (request->is_post) {
        const char *body = request->body.size > 0 ? request->body.data : "";
        set_number(call, easy, CURLOPT_POST, 1);
        set_text(call, easy, CURLOPT_POSTFIELDS, body);
        set_number(call, easy, CURLOPT_POSTFIELDSIZE, (long)request->body.size);
    }
}

void idp_fetch_set_options(struct idp_call *call, CURL *easy,
                           const struct idp_fetch_request *request)
{
    set_rules(call, easy);
    set_way(call, easy, request);
    set_request(call, easy, request);
}
