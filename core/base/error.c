/* SPDX-License-Identifier: Apache-2.0 */
/* error.c - one table gives every outcome its word, HTTP status, SQLSTATE and sentence, so that SQL
 * and HTTP in both engines say the same. A sentence that is raised tells the reader what to do; it
 * never holds a value that somebody sent. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/base/base.h"

enum { SENTENCE_SIZE_MAX = 64 << 10 };

static const struct idp_error_row rows[IDP_ERROR_COUNT] = {
    [IDP_OK] = {"ok", 200, "00000", "Success."},
    [IDP_INVALID_REQUEST] = {"invalid_request", 400, "22023",
                             "The request is malformed, or a parameter is missing or repeated."},
    [IDP_INVALID_CLIENT] = {"invalid_client", 401, "28000",
                            "The client is unknown, or it did not authenticate as registered."},
    [IDP_INVALID_GRANT] =
        {"invalid_grant", 400, "28000",
         "The code or token is unknown, used, revoked, of another client, or bound to "
         "a key that the request does not prove."},
    [IDP_UNAUTHORIZED_CLIENT] = {"unauthorized_client", 400, "28000",
                                 "The client may not use this grant type."},
    [IDP_UNSUPPORTED_GRANT_TYPE] = {"unsupported_grant_type", 400, "0A000",
                                    "The server does not offer this grant type."},
    [IDP_INVALID_SCOPE] = {"invalid_scope", 400, "22023",
                           "The scope is malformed, or more than what may be granted."},
    [IDP_ACCESS_DENIED] = {"access_denied", 400, "28000", "The request was denied."},
    [IDP_AUTHORIZATION_PENDING] = {"authorization_pending", 400, "55000",
                                   "The user has not authorized the request."},
    [IDP_SLOW_DOWN] = {"slow_down", 400, "55000",
                       "The device made an attempt within the polling interval. This request will "
                       "not be processed."},
    [IDP_EXPIRED_TOKEN] = {"expired_token", 400, "28000",
                           "The device code has expired. Start the device authorization again."},
    [IDP_INVALID_TARGET] = {"invalid_target", 400, "22023",
                            "The resource is none that the client may ask for."},
    [IDP_INVALID_TOKEN] = {"invalid_token", 401, "28000",
                           "The access token is malformed, expired or revoked."},
    [IDP_INVALID_DPOP_PROOF] = {"invalid_dpop_proof", 400, "28000",
                                "There is no DPoP proof, or it is not good for this request."},
    [IDP_USE_DPOP_NONCE] = {"use_dpop_nonce", 400, "28000",
                            "The DPoP proof needs the nonce of the header DPoP-Nonce."},
    [IDP_UNSUPPORTED_RESPONSE_TYPE] = {"unsupported_response_type", 400, "0A000",
                                       "The response type must be code."},
    [IDP_INVALID_REDIRECT_URI] = {"invalid_redirect_uri", 400, "22023",
                                  "The redirect_uri is none that the client registered."},
    [IDP_CONSENT_REQUIRED] = {"consent_required", 400, "28000",
                              "The user has to be asked, which prompt=none does not allow."},
    [IDP_INVALID_USER_CODE] = {"invalid_user_code", 400, "28000",
                               "The code is not known or no longer valid. Check it, or ask the "
                               "device for a new one."},
    [IDP_TOO_MANY_ATTEMPTS] = {"too_many_attempts", 429, "28000",
                               "There were too many wrong codes. Wait before the next attempt."},
    [IDP_ALREADY_DECIDED] = {"already_decided", 409, "55000",
                             "This request was approved or denied before; a decision is final."},
    [IDP_CONFIRMATION_REQUIRED] =
        {"confirmation_required", 400, "55000",
         "The code came in a link: the user has to confirm that it is the "
         "one that the device shows."},
    [IDP_CODES_EXHAUSTED] = {"codes_exhausted", 503, "54000",
                             "No free user code was found. Purge, or make user codes longer."},
    [IDP_INVALID_KEY_DOCUMENT] = {"invalid_key_document", 400, "22023",
                                  "The document has no keys of a provider."},
    /* Words that RFC 6749 clients know, with a status of their own. */
    [IDP_TOO_MANY_CODES] = {"slow_down", 429, "28000",
                            "Too many unknown device codes came from this address. Wait before the "
                            "next attempt."},
    [IDP_TOO_MANY_FAILURES] = {"invalid_client", 429, "28000",
                               "Too many wrong credentials of this client came from this address. "
                               "Wait before the next attempt."},
    [IDP_INVALID_CSR] = {"invalid_csr", 400, "22023",
                         "The certification request is refused: reasons says why."},
    [IDP_INVALID_ENROLLMENT] =
        {"invalid_enrollment", 400, "22023",
         "The enrollment or hub is not valid, and nothing was changed: errors "
         "says what is wrong."},
    [IDP_DEVICE_UNKNOWN] =
        {"device_unknown", 403, "28000",
         "No enrollment takes this device. Of a chain explain_enrollment tells why."},
    [IDP_ENROLLMENT_DISABLED] = {"enrollment_disabled", 403, "28000",
                                 "The enrollment of this device is disabled."},
    [IDP_ATTESTATION_REFUSED] = {"attestation_refused", 403, "28000",
                                 "What the device shows is refused: reason says why."},
    [IDP_DEVICE_DENIED] = {"device_denied", 403, "28000", "This device is not let in."},
    [IDP_CERTIFICATE_REFUSED] = {"certificate_refused", 403, "28000",
                                 "The certificate of the connection was not issued here, or is "
                                 "not good now."},
    [IDP_APPROVAL_PENDING] = {"approval_pending", 409, "55000",
                              "Somebody has to approve this device first. Try again after "
                              "retry_after seconds."},
    [IDP_INVALID_DEVICE_SESSION] = {"invalid_session", 401, "28000",
                                    "The session is unknown or over. Begin again."},
    [IDP_INVALID_PROOF] = {"invalid_proof", 401, "28000",
                           "The proof is none of this key over the nonce of this session."},
    [IDP_TOO_MANY_PROOFS] = {"too_many_proofs", 429, "28000",
                             "Too many proofs of this device failed. Try again after retry_after "
                             "seconds."},
    [IDP_TOO_MANY_DEVICES] =
        {"too_many_devices", 429, "28000",
         "Too many devices that are refused or unknown came from this address. Wait before "
         "the next attempt."},
    [IDP_OUT_OF_ORDER] = {"out_of_order", 409, "55000",
                          "This step is not due, or was taken with something else: state says how "
                          "far the device has come."},
    [IDP_DEVICE_TAKEN] = {"device_taken", 409, "28000",
                          "The id is of another device, or this device has another id."},
    [IDP_ALREADY_PROVISIONED] = {"already_provisioned", 403, "28000",
                                 "The device was provisioned, and its enrollment lets that be done "
                                 "once."},
    [IDP_NO_HUB] = {"no_hub", 409, "55000", "There is no hub for this device: reason says why."},
    [IDP_LOGIN_REQUIRED] = {"login_required", 401, "28000", "There is no session. Sign in first."},
    [IDP_FORGED_REQUEST] = {"forged_request", 403, "28000",
                            "The request has no csrf_token of its session. Use the page of this "
                            "server."},
    [IDP_NOT_FOUND] = {"not_found", 404, "42704", "There is nothing at this address."},
    [IDP_METHOD_NOT_ALLOWED] = {"method_not_allowed", 405, "0A000",
                                "The address does not take this method."},
    [IDP_CONTENT_TOO_LARGE] = {"content_too_large", 413, "54000", "The request is too large."},
    [IDP_SERVER_ERROR] = {"server_error", 500, "XX000", "The server could not finish the request."},
    [IDP_TEMPORARILY_UNAVAILABLE] = {"temporarily_unavailable", 503, "55P03",
                                     "The server is busy. Try again later."},
    [IDP_TOO_MANY_REGISTRATIONS] = {"temporarily_unavailable", 429, "28000",
                                    "Too many clients, or addresses of keys, were registered from "
                                    "this address. Wait before the "
                                    "next one."},
    [IDP_REFUSED_URL] = {"refused_url", 400, "22023",
                         "The URL is malformed, or of a kind that may not be fetched."},
    [IDP_REFUSED_ADDRESS] = {"refused_address", 403, "42501",
                             "The host has an address that may not be reached."},
    [IDP_UNRESOLVED] = {"unresolved", 502, "08001", "The name of the host has no address."},
    [IDP_UNREACHABLE] = {"unreachable", 502, "08001", "No connection could be made."},
    [IDP_TLS] = {"tls", 502, "08001",
                 "TLS failed, or the certificate is not one of this host that is trusted."},
    [IDP_TIMEOUT] = {"timeout", 504, "08006", "The answer was not complete in time."},
    [IDP_INTERRUPTED_TRANSFER] = {"interrupted_transfer", 502, "08006",
                                  "The connection ended before the answer was complete."},
    [IDP_PROTOCOL] = {"protocol", 502, "08P01", "The answer is not HTTP."},
    [IDP_NULL_ARGUMENT] = {"null_argument", 400, "22004",
                           "A required argument is NULL. Give it a value."},
    [IDP_INVALID_ARGUMENT] = {"invalid_argument", 400, "22023",
                              "An argument has a value that the function does not take."},
    [IDP_INVALID_JSON] = {"invalid_json", 400, "22032", "An argument is not strict JSON."},
    [IDP_TOO_LARGE] = {"too_large", 413, "54000", "A value is larger than its limit."},
    [IDP_INVALID_SETTINGS] = {"invalid_settings", 400, "22023",
                              "The settings are not valid, and none was changed."},
    [IDP_INVALID_METADATA] = {"invalid_client_metadata", 400, "22023",
                              "The client metadata is not valid."},
    [IDP_ALREADY_EXISTS] = {"already_exists", 409, "42710",
                            "There is one of this name. Update it, or choose another name."},
    [IDP_NO_SUCH_CLIENT] = {"no_such_client", 404, "42704",
                            "The tenant has no such client. Register it with register_client()."},
    [IDP_NO_SUCH_KEY] = {"no_such_key", 404, "42704",
                         "The tenant has no such signing key. Make one with create_signing_key()."},
    [IDP_NO_SUCH_CA] = {"no_such_ca", 404, "42704",
                        "The tenant has no such certificate authority. Make one with create_ca()."},
    [IDP_NO_OIDC_DEFAULT] = {"no_oidc_default", 500, "42704",
                             "There is no default OIDC configuration. Set one with "
                             "set_oidc_default()."},
    [IDP_INVALID_CONFIGURATION] = {"invalid_configuration", 400, "22023",
                                   "The OIDC configuration is not valid."},
    [IDP_INVALID_KEY] = {"invalid_key", 400, "22023", "The key cannot be used for this."},
    [IDP_UNSUPPORTED_ALGORITHM] = {"unsupported_algorithm", 400, "0A000",
                                   "The algorithm is not supported. Use ES256, RS256 or EdDSA."},
    [IDP_NESTED_WRITE] = {"nested_write", 500, "25000",
                          "The function writes and was called inside a statement that writes. Call "
                          "it in a SELECT of its own."},
    [IDP_OPEN_TRANSACTION] = {"open_transaction", 500, "25001",
                              "A transaction that writes is open, and everybody would wait for it "
                              "as long as for the fetch. Fetch first, or commit."},
    [IDP_NOT_INSTALLED] = {"not_installed", 500, "55000",
                           "Run SELECT idplane_install(); (SQLite) or CREATE EXTENSION idplane; "
                           "(PostgreSQL)."},
    [IDP_FETCH_NOT_INSTALLED] = {"fetch_not_installed", 500, "55000",
                                 "The module that fetches is not there. Run .load idplane_fetch "
                                 "(SQLite) or CREATE EXTENSION idplane_fetch; (PostgreSQL)."},
    [IDP_SCHEMA_NEWER] =
        {"schema_newer", 500, "55000",
         "The database was made by a newer idplane. Install that version or later."},
    [IDP_MASTER_KEY_MISSING] = {"master_key_missing", 500, "F0000",
                                "The master key that sealed the secrets of this database is not in "
                                "the key file. Copy the file from where the database came from."},
    [IDP_MASTER_KEY_FILE] = {"master_key_file", 500, "F0000",
                             "The master key file cannot be used. It must be a regular file of the "
                             "owner of this process with mode 0600."},
    [IDP_SEAL_BROKEN] = {"seal_broken", 500, "XX001",
                         "A sealed value was changed or moved. Restore it from a backup."},
    [IDP_BUSY] = {"busy", 503, "55P03", "The database is locked by another writer. Try again."},
    [IDP_STORE] = {"store", 500, "58000", "The database refused a statement."},
    [IDP_CRYPTO] = {"crypto", 500, "XX000",
                    "The cryptographic library failed. Check its installation and configuration."},
    [IDP_OUT_OF_MEMORY] = {"out_of_memory", 503, "53200", "There is not enough memory."},
    [IDP_UNSUPPORTED_ENGINE] =
        {"unsupported_engine", 500, "0A000",
         "The database is too old, or not in UTF8. SQLite 3.37 and PostgreSQL "
         "14 are the oldest that work."},
};

const struct idp_error_row *idp_error_row(enum idp_error error)
{
    return &rows[(unsigned)error < IDP_ERROR_COUNT ? error : IDP_SERVER_ERROR];
}

void idp_fail(struct idp_call *call, enum idp_error error)
{
    call->host->fail(call, error, idp_error_row(error)->sentence);
}

/* A sentence that was cut may end within a character, which an engine would not take. */
static void character_end(char *sentence)
{
    size_t size = strlen(sentence), start = size;
    while (start > 0 && (sentence[start - 1] & 0xc0) == 0x80) {
        start--;
    }
    start -= start > 0;
    if (start < size && idp_utf8_character_size(sentence + start, sentence + size) == 0) {
        sentence[start] = 0;
    }
}

/* The sentence is in the arena, because the host may read it after this frame is gone. */
void idp_fail_with(struct idp_call *call, enum idp_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t size = written < 0 ? 1 : (size_t)written + 1;
    size = size < SENTENCE_SIZE_MAX ? size : SENTENCE_SIZE_MAX;
    char *sentence = idp_allocate(call, size);
    va_start(arguments, format);
    vsnprintf(sentence, size, format, arguments);
    va_end(arguments);
    character_end(sentence);
    call->host->fail(call, error, sentence);
}

/* ---- answers: made once, so that an adapter may keep what it makes of them ---- */

enum { MEMBER_ERROR = 1, MEMBER_DESCRIPTION, NODE_COUNT };

static struct idp_json answers[IDP_ERROR_COUNT][NODE_COUNT];
static pthread_once_t answers_once = PTHREAD_ONCE_INIT;

static struct idp_json member(const char *name, const char *text)
{
    return (struct idp_json){
        .kind = IDP_JSON_STRING, .name = idp_bytes_of(name), .text = idp_bytes_of(text)};
}

static void answers_make(void)
{
    for (unsigned error = 0; error < IDP_ERROR_COUNT; error++) {
        struct idp_json *node = answers[error];
        node[MEMBER_ERROR] = member("error", rows[error].word);
        node[MEMBER_DESCRIPTION] = member("error_description", rows[error].sentence);
        node[MEMBER_ERROR].next = &node[MEMBER_DESCRIPTION];
        node[0] = (struct idp_json){.kind = IDP_JSON_OBJECT,
                                    .constant = (uint8_t)(error + 1),
                                    .child = &node[MEMBER_ERROR],
                                    .last = &node[MEMBER_DESCRIPTION]};
    }
}

const struct idp_json *idp_error_json(enum idp_error error)
{
    pthread_once(&answers_once, answers_make);
    return answers[(unsigned)error < IDP_ERROR_COUNT ? error : IDP_SERVER_ERROR];
}

struct idp_json *idp_error_json_with(struct idp_call *call, enum idp_error error,
                                     const char *description)
{
    struct idp_json *json = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, json, "error", idp_error_row(error)->word);
    idp_json_add_c(call, json, "error_description", description);
    return json;
}
