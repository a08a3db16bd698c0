/* SPDX-License-Identifier: Apache-2.0 */
/* verifiers.c - what an effective configuration means to a verifier, worked out once and kept:
 * parsing it for each token would cost a third of the check of its signature. */
#include "core/oidc/identity.h"

enum { TOTAL_MAX = 256 << 10 };

/* ---- a verifier as JSON, which can be kept, and back ---- */

static void verifier_add(struct idp_call *call, struct idp_json *list,
                         const struct idp_oidc_verifier *verifier)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, object, "issuer", verifier->issuer);
    idp_json_add_string(call, object, "client_id", verifier->client_id);
    idp_json_add_string(call, object, "username_claim", verifier->username_claim);
    idp_json_add_string(call, object, "username_prefix", verifier->username_prefix);
    idp_json_add_string(call, object, "groups_claim", verifier->groups_claim);
    idp_json_add_string(call, object, "groups_prefix", verifier->groups_prefix);
    idp_json_add_string(call, object, "jwks", verifier->jwks);
    idp_json_add_bool(call, object, "guards_system", verifier->guards_system);
    idp_json_add_shared(call, object, "algorithms", verifier->algorithms);
    idp_json_add_integer(call, object, "validity_max_s", verifier->validity_max_s);
    if (verifier->required_claims != NULL) {
        idp_json_add_shared(call, object, "required_claims", verifier->required_claims);
    }
    if (verifier->extra_claims != NULL) {
        idp_json_add_shared(call, object, "extra_claims", verifier->extra_claims);
    }
    idp_json_add(list, NULL, object);
}

static struct idp_oidc_verifier verifier_read(const struct idp_json *object)
{
    int64_t validity_max_s;
    bool has_limit = idp_json_integer(idp_json_member(object, "validity_max_s"), &validity_max_s);
    return (struct idp_oidc_verifier){
        .issuer = idp_json_string(object, "issuer"),
        .client_id = idp_json_string(object, "client_id"),
        .username_claim = idp_json_string(object, "username_claim"),
        .username_prefix = idp_json_string(object, "username_prefix"),
        .groups_claim = idp_json_string(object, "groups_claim"),
        .groups_prefix = idp_json_string(object, "groups_prefix"),
        .jwks = idp_json_string(object, "jwks"),
        .guards_system = idp_json_is_true(object, "guards_system"),
        .algorithms = idp_json_member(object, "algorithms"),
        .required_claims = idp_json_member(object, "required_claims"),
        .extra_claims = idp_json_member(object, "extra_claims"),
        .validity_max_s = has_limit ? validity_max_s : 0,
    };
}

/* ---- making and keeping ---- */

static size_t add_all(struct idp_call *call, struct idp_bytes name, struct idp_bytes text,
                      struct idp_json *list)
{
    const char *why;
    struct idp_oidc_profile profile;
    const struct idp_json *effective = idp_json_read(call, text, &why);
    if (!idp_json_is(effective, IDP_JSON_OBJECT) ||
        !idp_oidc_profile_read(call, idp_oidc_profile_json(call, name), &profile)) {
        idp_fail(call, IDP_STORE);
    }
    const struct idp_json *configs = idp_json_member(effective, "list");
    const struct idp_json *config = configs == NULL ? effective : configs->child;
    size_t count = 0;
    for (; config != NULL; config = configs == NULL ? NULL : config->next) {
        struct idp_oidc_verifier verifier =
            idp_oidc_verifier_of(call, &profile, config, (int64_t)count++);
        verifier_add(call, list, &verifier);
    }
    return count;
}

static struct idp_oidc_verifiers read_all(const struct idp_json *list,
                                          struct idp_oidc_verifier *room, size_t count)
{
    size_t i = 0;
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        room[i++] = verifier_read(item);
    }
    return (struct idp_oidc_verifiers){.count = count, .list = room};
}

static struct idp_cache kept = {
    .release = idp_json_kept_release, .weight_max = TOTAL_MAX, .mutex = PTHREAD_MUTEX_INITIALIZER};

static struct idp_oidc_verifiers make(struct idp_call *call, struct idp_bytes profile,
                                      struct idp_bytes effective, struct idp_bytes key)
{
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    size_t count = add_all(call, profile, effective, list);
    size_t head_size = sizeof(struct idp_oidc_verifiers) + count * sizeof(struct idp_oidc_verifier);
    const struct idp_json *copy;
    struct idp_oidc_verifiers *made = idp_json_keep(list, head_size, &copy);
    if (made == NULL) {
        return read_all(list, idp_allocate(call, head_size), count);
    }
    *made = read_all(copy, (struct idp_oidc_verifier *)(made + 1), count);
    const struct idp_oidc_verifiers *entry = idp_cache_put(call, &kept, key, made, key.size);
    return *entry;
}

struct idp_oidc_verifiers idp_oidc_verifiers_of(struct idp_call *call, struct idp_bytes profile,
                                                struct idp_bytes effective)
{
    struct idp_text key = {.call = call};
    idp_text_add(&key, profile);
    idp_text_add_char(&key, ' ');
    idp_text_add(&key, effective);
    const struct idp_oidc_verifiers *found = idp_cache_get(call, &kept, idp_text_bytes(&key));
    return found != NULL ? *found : make(call, profile, effective, idp_text_bytes(&key));
}
