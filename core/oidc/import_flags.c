/* SPDX-License-Identifier: Apache-2.0 */
/* import_flags.c - the flags of kube-apiserver, as "--name=value" or "--name" and "value". Those
 * that are not of OpenID Connect say nothing about tokens, and are passed over. */
#include "core/oidc/format.h"

#define PREFIX "--oidc-"

static const struct flag {
    const char *name, *member;
    bool is_list;   /* parted by commas */
    bool is_needed; /* its value, where the flag is there */
} flags[] = {
    {PREFIX "issuer-url", "issuerURL", false, true},
    {PREFIX "client-id", "clientID", false, true},
    {PREFIX "username-claim", "usernameClaim", false, true},
    {PREFIX "username-prefix", "usernamePrefix", false, false},
    {PREFIX "groups-claim", "groupsClaim", false, false},
    {PREFIX "groups-prefix", "groupsPrefix", false, false},
    {PREFIX "signing-algs", "signingAlgs", true, false},
    {PREFIX "required-claim", NULL, false, true},
};

/* One flag as it was written. */
struct written {
    struct idp_bytes name, value;
    const char *path;
};

static void names_add(struct idp_oidc_import *import, struct idp_json *list, struct idp_bytes text)
{
    for (bool more = text.size > 0; more;) { /* behind a comma at the end there is an empty name */
        const char *comma = text.size == 0 ? NULL : memchr(text.data, ',', text.size);
        size_t size = comma == NULL ? text.size : (size_t)(comma - text.data);
        idp_json_add(list, NULL,
                     idp_json_new_string(import->call, (struct idp_bytes){text.data, size}));
        more = comma != NULL;
        size += more;
        text = (struct idp_bytes){text.data + size, text.size - size};
    }
}

static void member_add(struct idp_oidc_import *import, struct idp_json *item,
                       const struct flag *flag, const struct written *written)
{
    idp_oidc_import_place(import, flag->member, written->path);
    if (idp_json_member(item, flag->member) != NULL) {
        idp_oidc_import_refuse(import, written->path, "a flag comes twice: ", flag->name);
    } else if (written->value.size == 0 && flag->is_needed) {
        idp_oidc_import_refuse(import, written->path, "a value is wanted: ", flag->name);
    } else if (flag->is_list) {
        struct idp_json *list = idp_json_new(import->call, IDP_JSON_ARRAY);
        names_add(import, list, written->value);
        idp_json_add(item, flag->member, list);
    } else {
        idp_json_add(item, flag->member, idp_json_new_string(import->call, written->value));
    }
}

/* The flag takes white space off both. */
static void claim_add(struct idp_oidc_import *import, struct idp_json *claims,
                      const struct written *written)
{
    struct idp_bytes text = written->value;
    const char *sign = text.size == 0 ? NULL : memchr(text.data, '=', text.size);
    size_t size = sign == NULL ? text.size : (size_t)(sign - text.data);
    struct idp_bytes value = sign == NULL ? (struct idp_bytes){"", 0}
                                          : (struct idp_bytes){sign + 1, text.size - size - 1};
    idp_oidc_import_claim(import, claims, written->path,
                          idp_oidc_trimmed((struct idp_bytes){text.data, size}),
                          idp_oidc_trimmed(value));
}

static void flag_read(struct idp_oidc_import *import, struct idp_json *item,
                      struct idp_json *claims, const struct written *written)
{
    size_t i = 0;
    while (i < IDP_COUNT(flags) && !idp_bytes_is(written->name, flags[i].name)) {
        i++;
    }
    if (i < IDP_COUNT(flags) && written->value.data == NULL) {
        idp_oidc_import_refuse(import, written->path, "a value is wanted: ", flags[i].name);
    } else if (i == IDP_COUNT(flags)) {
        idp_oidc_import_refuse(
            import, written->path,
            "a flag has no place in a configuration; known are " PREFIX
            "issuer-url, client-id, username-claim, username-prefix, groups-claim, groups-prefix, "
            "signing-algs and required-claim",
            NULL);
    } else if (flags[i].member == NULL) {
        claim_add(import, claims, written);
    } else {
        member_add(import, item, &flags[i], written);
    }
}

/* The flag at `text`, whose value may be the text behind it. *next: where to go on. */
static struct written written_at(const struct idp_json *text, const struct idp_json **next)
{
    const char *sign = memchr(text->text.data, '=', text->text.size);
    *next = text->next;
    if (sign != NULL) {
        size_t size = (size_t)(sign - text->text.data);
        return (struct written){.name = {text->text.data, size},
                                .value = {sign + 1, text->text.size - size - 1}};
    }
    if (!idp_json_is(text->next, IDP_JSON_STRING)) {
        return (struct written){.name = text->text};
    }
    *next = text->next->next;
    return (struct written){.name = text->text, .value = text->next->text};
}

/* What the document says more than once or not at all is judged with the request. */
static void claims_move(struct idp_json *claims, struct idp_json *item)
{
    if (claims->child != NULL) {
        struct idp_json *list = claims->child;
        claims->child = claims->last = NULL;
        idp_json_add(item, "requiredClaims", list);
    }
}

void idp_oidc_import_flags(struct idp_oidc_import *import, const struct idp_json *document)
{
    struct idp_json *item = idp_oidc_import_item(import, "");
    struct idp_json *claims = idp_json_new(import->call, IDP_JSON_OBJECT);
    if (!idp_json_is(document, IDP_JSON_ARRAY)) {
        idp_oidc_import_refuse(import, "", "the flags must be an array of texts", NULL);
        return;
    }
    int64_t index = 0;
    const struct idp_json *text = document->child, *next;
    for (; text != NULL; text = next) {
        const char *path = idp_oidc_import_path_at(import, "", index);
        next = text->next;
        if (text->kind != IDP_JSON_STRING) {
            idp_oidc_import_refuse(import, path, "a text is wanted", NULL);
        } else if (idp_bytes_start(text->text, idp_bytes_of(PREFIX))) {
            struct written written = written_at(text, &next);
            written.path = path;
            flag_read(import, item, claims, &written);
        }
        index += next == text->next ? 1 : 2;
    }
    claims_move(claims, item);
}
