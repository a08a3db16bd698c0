/* SPDX-License-Identifier: Apache-2.0 */
/* ca.c - the certificate authorities of a tenant. One has a generation for each key that it ever
 * had, one of which signs; what the others signed goes on to be theirs. */
#include "core/pki/x509.h"

enum { ACTIVE, NAMED, SEALED, RESEAL };

#define COLUMNS                                                                                    \
    "ca, generation, certificate, chain, subject_name, key_identifier, sealed_private_key,"        \
    " not_before, not_after, ca_id, list_id, state, revoked_at"
#define KINDS "tixxxxxzztttz"
enum { COLUMN_ID = 9 };

const struct idp_statement idp_ca_statements[] = {
    [ACTIVE] = {"SELECT " COLUMNS " FROM idplane.certificate_authority"
                " WHERE tenant = $1 AND ca = $2 AND state = 'active'",
                "tt", KINDS, true},
    [NAMED] = {"SELECT " COLUMNS " FROM idplane.certificate_authority"
               " WHERE tenant = $1 AND ca_id = $2",
               "tt", KINDS, true},
    [SEALED] = {"SELECT tenant, ca_id, sealed_private_key FROM idplane.certificate_authority"
                " WHERE substr(sealed_private_key, 1, length($1)) <> $1"
                " ORDER BY tenant, ca_id LIMIT $2",
                "xi", "ttx"},
    [RESEAL] = {"UPDATE idplane.certificate_authority SET sealed_private_key = $4"
                " WHERE tenant = $1 AND ca_id = $2 AND sealed_private_key = $3",
                "ttxx", ""},
};
const size_t idp_ca_statement_count = IDP_COUNT(idp_ca_statements);

struct idp_bytes idp_ca_seal_context(struct idp_call *call, struct idp_bytes tenant,
                                     struct idp_bytes ca_id)
{
    struct idp_bytes parts[] = {tenant, ca_id};
    return idp_digest(call, "idplane certificate authority", parts, IDP_COUNT(parts));
}

const struct idp_sealed_column idp_ca_sealed = {&idp_ca_statements[SEALED],
                                                &idp_ca_statements[RESEAL], idp_ca_seal_context};

/* ---- found ---- */

static struct idp_ca ca_of(struct idp_call *call, const struct idp_value *row)
{
    struct idp_bytes context =
        idp_ca_seal_context(call, idp_tenant(call), idp_text_of(row[COLUMN_ID]));
    return (struct idp_ca){
        .name = idp_text_of(row[0]),
        .generation = idp_integer_of(row[1]),
        .certificate = idp_text_of(row[2]),
        .chain = idp_text_of(row[3]),
        .subject = idp_text_of(row[4]),
        .key_identifier = idp_text_of(row[5]),
        .key = idp_sealed_key_open(call, idp_text_of(row[6]), context),
        .not_before_us = idp_integer_of(row[7]),
        .not_after_us = idp_integer_of(row[8]),
        .list_id = idp_text_of(row[10]),
        .state = idp_text_of(row[11]),
        .is_revoked = row[12].kind != 0,
    };
}

bool idp_ca_find(struct idp_call *call, struct idp_bytes name, struct idp_ca *out)
{
    bool is_full = name.size > 0 && memchr(name.data, '@', name.size) != NULL;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_text(name.data == NULL ? idp_bytes_of("default") : name)};
    const struct idp_value *row =
        idp_run_one(call, &idp_ca_statements[is_full ? NAMED : ACTIVE], key);
    if (row != NULL) {
        *out = ca_of(call, row);
    }
    return row != NULL;
}

bool idp_ca_exists(struct idp_call *call, struct idp_bytes name)
{
    struct idp_ca ca;
    return idp_ca_find(call, name, &ca);
}

struct idp_ca idp_ca_load(struct idp_call *call, struct idp_bytes name)
{
    struct idp_ca ca;
    bool is_there = idp_ca_find(call, name, &ca);
    if (!is_there && idp_bytes_is(name, "default")) {
        idp_fail_with(call, IDP_NO_SUCH_CA,
                      "The tenant has no certificate authority of the name default, which counts "
                      "where none is named. Make it with create_ca('default'), or name another.");
    }
    if (!is_there) {
        idp_fail(call, IDP_NO_SUCH_CA);
    }
    return ca;
}

/* NULL, or why it signs nothing but its list. */
static const char *idle_why(struct idp_call *call, const struct idp_ca *ca)
{
    int64_t now_us = idp_now_us(call);
    if (idp_bytes_is(ca->state, "next")) {
        return "This key of the certificate authority does not sign yet: create_ca() with the "
               "option "
               "replace alone lets it.";
    }
    if (!idp_bytes_is(ca->state, "active")) {
        return "This key of the certificate authority has a successor, which signs: name the "
               "authority alone.";
    }
    if (ca->is_revoked) {
        return "The certificate authority was revoked, or one above it. Make another one with "
               "create_ca().";
    }
    return now_us >= ca->not_before_us && now_us < ca->not_after_us
               ? NULL
               : "The certificate authority has expired, or is not valid yet. Make another one "
                 "with create_ca().";
}

bool idp_ca_signs(struct idp_call *call, struct idp_bytes name)
{
    struct idp_ca ca;
    return idp_ca_find(call, name, &ca) && idle_why(call, &ca) == NULL;
}

struct idp_ca idp_ca_load_signing(struct idp_call *call, struct idp_bytes name)
{
    struct idp_ca ca = idp_ca_load(call, name);
    const char *why = idle_why(call, &ca);
    if (why != NULL) {
        idp_fail_with(call, IDP_NO_SUCH_CA, "%s", why);
    }
    return ca;
}

struct idp_bytes idp_ca_full_name(struct idp_call *call, const struct idp_ca *ca)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, ca->name);
    idp_text_add_char(&text, '@');
    idp_text_add_integer(&text, ca->generation);
    return idp_text_bytes(&text);
}

struct idp_bytes idp_ca_chain(struct idp_call *call, const struct idp_ca *ca)
{
    struct idp_text text = {.call = call};
    struct idp_bytes rest = ca->chain;
    struct idp_der above;
    idp_text_add(&text, idp_pem_of(call, ca->certificate, "CERTIFICATE"));
    while (rest.size > 0 && idp_der_next(&rest, &above)) {
        idp_text_add(&text, idp_pem_of(call, above.whole, "CERTIFICATE"));
    }
    return idp_text_bytes(&text);
}
