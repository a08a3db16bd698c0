/* SPDX-License-Identifier: Apache-2.0 */
/* transfer.c - one request over libcurl, step by step, so that the host can end it between two. All
 * that libcurl makes is released with the call, also where the host does not come back. */
#include "core/fetch/handle.h"

#include <openssl/err.h>
#include <signal.h>
#include <time.h>

enum { WAIT_MS = 100, STATUS_FINAL = 200 };

/* What libcurl's callbacks are given. */
struct transfer {
    struct idp_fetch_response *response;
    struct idp_fetch_gate gate;
    size_t header_bytes; /* of all answers, also of those before the last */
    bool is_interim, headers_done;
    CURLM *multi;
    CURL *easy;
};

/* ---- signals ---- */

/* A thread that libcurl starts, to resolve a name, takes over what is blocked: the host's handlers
 * are not to run in it. And OpenSSL may write to a connection that is closed. */
static void signals_hold(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, before);
}

static void signals_restore(const sigset_t *before)
{
    sigset_t pipe;
    struct timespec none = {0};
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    if (!sigismember(before, SIGPIPE)) {
        (void)sigtimedwait(&pipe, NULL, &none);
    }
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* ---- what comes ---- */

/* A line of the headers. Those of interim answers (1xx) are forgotten, trailers are not taken. */
static size_t take_header(char *line, size_t unit, size_t size, void *context)
{
    struct transfer *transfer = context;
    struct idp_fetch_received *headers = &transfer->response->headers;
    (void)unit;
    transfer->header_bytes += size;
    if (transfer->header_bytes > headers->size_max) {
        headers->failure = IDP_TOO_LARGE;
        return 0;
    }
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0 &&
        (!transfer->headers_done || transfer->is_interim)) {
        long status = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        transfer->is_interim = status < STATUS_FINAL;
        transfer->headers_done = false;
        headers->size = 0;
        return size;
    }
    if (transfer->headers_done) {
        return size;
    }
    transfer->headers_done = size <= 2 && line[0] < ' ';
    return transfer->headers_done || idp_fetch_receive(headers, line, size) ? size : 0;
}

static size_t take_body(char *data, size_t unit, size_t size, void *context)
{
    struct transfer *transfer = context;
    (void)unit;
    return idp_fetch_receive(&transfer->response->body, data, size) ? size : 0;
}

static void set_callbacks(struct idp_call *call, struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    idp_fetch_check(call,
                    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, idp_fetch_socket_open));
    idp_fetch_check(call, curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer->gate));
    idp_fetch_check(call, curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header));
    idp_fetch_check(call, curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer));
    idp_fetch_check(call, curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body));
    idp_fetch_check(call, curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer));
}

/* ---- how it went ---- */

static const struct outcome {
    CURLcode code;
    enum idp_error error;
} outcomes[] = {
    {CURLE_URL_MALFORMAT, IDP_REFUSED_URL},
    {CURLE_UNSUPPORTED_PROTOCOL, IDP_PROTOCOL}, /* HTTP/0.9; the scheme was checked before */
    {CURLE_COULDNT_RESOLVE_HOST, IDP_UNRESOLVED},
    {CURLE_COULDNT_RESOLVE_PROXY, IDP_UNRESOLVED},
    {CURLE_COULDNT_CONNECT, IDP_UNREACHABLE},
    {CURLE_PROXY, IDP_UNREACHABLE},
    {CURLE_OPERATION_TIMEDOUT, IDP_TIMEOUT},
    {CURLE_FILESIZE_EXCEEDED, IDP_TOO_LARGE},
    {CURLE_SSL_CONNECT_ERROR, IDP_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, IDP_TLS},
    {CURLE_SSL_CERTPROBLEM, IDP_TLS},
    {CURLE_SSL_CIPHER, IDP_TLS},
    {CURLE_SSL_ISSUER_ERROR, IDP_TLS},
    {CURLE_GOT_NOTHING, IDP_INTERRUPTED_TRANSFER},
    {CURLE_PARTIAL_FILE, IDP_INTERRUPTED_TRANSFER},
    {CURLE_RECV_ERROR, IDP_INTERRUPTED_TRANSFER},
    {CURLE_SEND_ERROR, IDP_INTERRUPTED_TRANSFER},
};

/* What libcurl's code says; the rest is what a server said that libcurl cannot read. */
static enum idp_error outcome_of(CURLcode code)
{
    size_t i = 0;
    while (i < IDP_COUNT(outcomes) && outcomes[i].code != code) {
        i++;
    }
    return i < IDP_COUNT(outcomes) ? outcomes[i].error : IDP_PROTOCOL;
}

static bool was_refused_by_proxy(const struct transfer *transfer)
{
    long code = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &code);
    return code >= 300;
}

/* libcurl has no other word for a line that is longer than its room for one. */
static bool has_endless_line(const struct transfer *transfer, CURLcode code)
{
    long sent = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent);
    return code == CURLE_OUT_OF_MEMORY && sent > 0 && !transfer->headers_done;
}

/* What is no outcome of the network. */
static void raise_own(struct idp_call *call, CURLcode code, enum idp_error failure)
{
    if (code == CURLE_OUT_OF_MEMORY || failure == IDP_OUT_OF_MEMORY) {
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    if (code == CURLE_SSL_CACERT_BADFILE) {
        idp_fail_with(call, IDP_INVALID_SETTINGS,
                      "The setting ca_file of idplane_fetch must name a file of certificates that "
                      "can be read.");
    }
}

static enum idp_error error_of(struct idp_call *call, const struct transfer *transfer,
                               CURLcode code)
{
    const struct idp_fetch_response *response = transfer->response;
    enum idp_error failure =
        response->headers.failure != IDP_OK ? response->headers.failure : response->body.failure;
    if (has_endless_line(transfer, code)) {
        return IDP_TOO_LARGE;
    }
    raise_own(call, code, failure);
    if (failure != IDP_OK) {
        return failure;
    }
    if (code == CURLE_OK) { /* also where the connection ended within the headers */
        return transfer->headers_done && !transfer->is_interim ? IDP_OK : IDP_INTERRUPTED_TRANSFER;
    }
    if (transfer->gate.has_refused && !transfer->gate.has_opened) {
        return IDP_REFUSED_ADDRESS;
    }
    return was_refused_by_proxy(transfer) ? IDP_UNREACHABLE : outcome_of(code);
}

/* ---- the way through ---- */

static void release(void *object)
{
    struct transfer *transfer = object;
    sigset_t before;
    signals_hold(&before);
    if (transfer->multi != NULL && transfer->easy != NULL) {
        curl_multi_remove_handle(transfer->multi, transfer->easy);
    }
    curl_easy_cleanup(transfer->easy);
    curl_multi_cleanup(transfer->multi);
    ERR_clear_error();
    signals_restore(&before);
}

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static bool library_ready;

static void library_start(void)
{
    library_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static struct transfer *transfer_new(struct idp_call *call, const struct idp_fetch_request *request,
                                     struct idp_fetch_response *response)
{
    pthread_once(&library_once, library_start);
    struct transfer *transfer = idp_allocate(call, sizeof *transfer);
    *transfer =
        (struct transfer){.response = response,
                          .gate = {.allowed = request->allowed, .is_open = request->proxy != NULL}};
    idp_own(call, transfer, release);
    transfer->multi = library_ready ? curl_multi_init() : NULL;
    transfer->easy = library_ready ? curl_easy_init() : NULL;
    if (transfer->multi == NULL || transfer->easy == NULL) {
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    return transfer;
}

static void step(struct transfer *transfer, int *running, CURLMcode *code)
{
    sigset_t before;
    signals_hold(&before);
    *code = curl_multi_perform(transfer->multi, running);
    signals_restore(&before);
}

/* Never longer than WAIT_MS away from the host; a signal ends a wait early. */
static CURLcode run(struct idp_call *call, const struct idp_fetch_host *host,
                    struct transfer *transfer)
{
    int running = 0, left;
    CURLMcode code = curl_multi_add_handle(transfer->multi, transfer->easy);
    for (bool goes_on = true; code == CURLM_OK && goes_on;) {
        step(transfer, &running, &code);
        host->check(call);
        goes_on = running > 0;
        if (code == CURLM_OK && goes_on) {
            code = curl_multi_poll(transfer->multi, NULL, 0, WAIT_MS, NULL);
        }
    }
    const CURLMsg *message = curl_multi_info_read(transfer->multi, &left);
    return code == CURLM_OK && message != NULL ? message->data.result : CURLE_OUT_OF_MEMORY;
}

enum idp_error idp_fetch_transfer(struct idp_call *call, const struct idp_fetch_host *host,
                                  const struct idp_fetch_request *request,
                                  struct idp_fetch_response *response)
{
    struct transfer *transfer = transfer_new(call, request, response);
    idp_fetch_set_options(call, transfer->easy, request);
    set_callbacks(call, transfer);
    enum idp_error error = error_of(call, transfer, run(call, host, transfer));
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &response->status);
    return error;
}
