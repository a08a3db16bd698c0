/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_connection.c - any connection, and any values in its requests: one form is its own form, no
 * secret is in what is shown, masks keep what they stand for, and no value changes a host or ends a
 * line.
 *
 * The input: the refused block; then the document, a value, and what a user is called. */
#include "core/sso/request.h"
#include "core/sso/secret.h"
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct idp_json *formed(struct idp_connection_faults *faults,
                                     const struct idp_json *document)
{
    const struct idp_json *form = idp_connection_form(faults, document);
    struct idp_connection_faults again = idp_connection_faults_new(faults->call);
    const struct idp_json *twice = idp_connection_form(&again, form);
    host_require(idp_bytes_equal(idp_json_canonical(faults->call, form),
                                 idp_json_canonical(faults->call, twice)));
    return form;
}

/* Masks that are written back keep all, and nothing has to be unsealed for it. */
static void check_kept(struct idp_call *call, const struct idp_json *masked,
                       const struct idp_json *secrets)
{
    struct idp_connection_faults faults = idp_connection_faults_new(call);
    struct idp_connection stored = {.document = masked, .secrets = secrets};
    struct idp_masking again;
    idp_connection_mask(&faults, masked, &stored, &again);
    host_require(faults.errors->child == NULL && again.keeps_all);
    host_require(idp_bytes_equal(idp_json_canonical(call, again.document),
                                 idp_json_canonical(call, masked)));
    host_require(
        idp_bytes_equal(idp_json_canonical(call, idp_masking_secrets(call, &again, &stored)),
                        idp_json_canonical(call, secrets)));
}

static void check_revealed(struct idp_call *call, const struct idp_json *document,
                           const struct idp_json *masked, const struct idp_json *secrets)
{
    for (size_t i = 0; i < IDP_SSO_REQUEST_COUNT; i++) {
        enum idp_sso_request_kind kind = (enum idp_sso_request_kind)i;
        const struct idp_json *revealed = idp_connection_reveal(call, masked, secrets, kind);
        const struct idp_json *own = idp_sso_request_find(document, kind);
        host_require((revealed == NULL) == (own == NULL));
        for (const struct idp_json *member = own == NULL ? NULL : own->child; member != NULL;
             member = member->next) {
            const struct idp_json *same = revealed->child;
            while (same != NULL && !idp_bytes_equal(same->name, member->name)) {
                same = same->next;
            }
            host_require(same != NULL && (!idp_secret_in(member->name) ||
                                          idp_bytes_equal(idp_json_canonical(call, same),
                                                          idp_json_canonical(call, member))));
        }
    }
}

/* Another host gets no secret that was said for this one. */
static void check_moved(struct idp_call *call, const struct idp_json *masked,
                        const struct idp_json *secrets)
{
    struct idp_connection stored = {.document = masked, .secrets = secrets};
    const struct idp_json *request = idp_sso_request_find(masked, IDP_SSO_TOKEN);
    struct idp_bytes evil = idp_bytes_of("https://evil.invalid/");
    if (request == NULL || !idp_address_is_moved(call, idp_json_string(request, "url"), evil)) {
        return;
    }
    const struct idp_json *moved =
        idp_json_with(call, masked, "tokenRequest",
                      idp_json_with(call, request, "url", idp_json_new_string(call, evil)));
    struct idp_connection_faults faults = idp_connection_faults_new(call);
    struct idp_masking masking;
    idp_connection_mask(&faults, moved, &stored, &masking);
    for (const struct idp_json *mask = masking.kept->child; mask != NULL; mask = mask->next) {
        bool is_sent = idp_bytes_start(mask->name, idp_bytes_of("/tokenRequest/"));
        host_require(!is_sent || faults.errors->child != NULL);
    }
}

static bool is_one_line(struct idp_bytes text)
{
    return !idp_text_has_control(text);
}

static void check_request(struct idp_call *call, const struct idp_connection *connection,
                          enum idp_sso_request_kind kind, struct idp_bytes value)
{
    static const char *const names[] = {"code",     "redirectUri", "refreshToken",
                                        "id_token", "idp_hint",    "clientId"};
    struct idp_json *values = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        idp_json_add_string(call, values, names[i], value);
    }
    const struct idp_json *request = idp_sso_request(call, connection, kind, values);
    if (request == NULL || idp_json_member(request, "error") != NULL) {
        return;
    }
    host_require(is_one_line(idp_json_string(request, "url")));
    const struct idp_json *headers = idp_json_member(request, "headers");
    for (const struct idp_json *header = headers->child; header != NULL; header = header->next) {
        host_require(is_one_line(header->text));
    }
}

static void check_document(struct idp_call *call, const struct idp_json *document,
                           struct idp_bytes value)
{
    struct idp_connection_faults faults = idp_connection_faults_new(call);
    struct idp_connection none = {.id = idp_bytes_of("c")};
    struct idp_masking masking;
    document = formed(&faults, document);
    idp_connection_check(&faults, document);
    if (faults.errors->child != NULL) {
        return;
    }
    idp_connection_mask(&faults, document, &none, &masking);
    if (faults.errors->child != NULL) {
        return;
    }
    check_kept(call, masking.document, masking.given);
    check_revealed(call, document, masking.document, masking.given);
    check_moved(call, masking.document, masking.given);
    struct idp_connection connection = {.id = idp_bytes_of("c"), .document = document};
    for (size_t i = 0; i < IDP_SSO_REQUEST_COUNT; i++) {
        check_request(call, &connection, (enum idp_sso_request_kind)i, value);
    }
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    const char *why;
    struct idp_bytes text = input_part(rest), value = input_part(rest), user = input_part(rest);
    const struct idp_json *document = text.data == NULL ? NULL : idp_json_read(call, text, &why);
    if (user.data != NULL && idp_user_id_valid(user)) {
        host_require(is_one_line(user) && memchr(user.data, ' ', user.size) == NULL);
    }
    if (idp_json_is(document, IDP_JSON_OBJECT) && (value.data == NULL || idp_utf8_valid(value))) {
        check_document(call, document, value.data == NULL ? idp_bytes_of("v") : value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
