/* SPDX-License-Identifier: Apache-2.0 */
/* certificate_inspect.c - what a certificate says, for people and for queries. Nothing is verified.
 */
#include "core/pki/chain.h"

/* ---- what its key may be used for ---- */

static struct idp_json *key_usage_of(struct idp_call *call, const struct idp_certificate *read)
{
    static const char *const names[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                        "dataEncipherment", "keyAgreement",   "keyCertSign",
                                        "cRLSign",          "encipherOnly",   "decipherOnly"};
    struct idp_bytes bits = idp_certificate_key_usage(read);
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < IDP_COUNT(names) && i / 8 < bits.size; i++) {
        if ((bits.data[i / 8] & (0x80 >> i % 8)) != 0) {
            idp_json_add(list, NULL, idp_json_new_string(call, idp_bytes_of(names[i])));
        }
    }
    return list;
}

static struct idp_json *purposes_of(struct idp_call *call, const struct idp_certificate *read)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(read, idp_oid_extended_key_usage);
    struct idp_bytes rest, oid;
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    if (extension == NULL || !idp_der_only(extension->value, IDP_DER_SEQUENCE, &rest)) {
        return list;
    }
    while (idp_der_take(&rest, IDP_DER_OID, &oid)) {
        struct idp_bytes name = idp_purpose_name(call, oid);
        if (name.data != NULL) {
            idp_json_add(list, NULL, idp_json_new_string(call, name));
        }
    }
    return list;
}

static void authority_add(struct idp_call *call, struct idp_json *answer,
                          const struct idp_certificate *read)
{
    int64_t path_length;
    idp_json_add_bool(call, answer, "ca", idp_certificate_is_ca(read, &path_length));
    if (path_length >= 0) {
        idp_json_add_integer(call, answer, "path_length", path_length);
    }
}

/* ---- general names (RFC 5280 §4.2.1.6) ---- */

static struct idp_bytes plain_text(struct idp_bytes text)
{
    return idp_utf8_valid(text) ? text : (struct idp_bytes){NULL, 0};
}

/* NULL where it is of another kind, or no text. */
static struct idp_json *general_name(struct idp_call *call, const struct idp_der *name)
{
    struct idp_json *item = idp_json_new(call, IDP_JSON_OBJECT);
    switch (name->tag) {
    case IDP_NAME_EMAIL:
        idp_json_add_string(call, item, "email", plain_text(name->contents));
        break;
    case IDP_NAME_DNS:
        idp_json_add_string(call, item, "dns", plain_text(name->contents));
        break;
    case IDP_NAME_URI:
        idp_json_add_string(call, item, "uri", plain_text(name->contents));
        break;
    case IDP_NAME_ADDRESS:
        idp_json_add_string(call, item, "ip", idp_address_text(call, name->contents));
        break;
    case IDP_NAME_DIRECTORY:
        idp_json_add_string(call, item, "directory", idp_certificate_name(call, name->contents));
        break;
    default:
        break;
    }
    return item->child == NULL ? NULL : item;
}

static struct idp_json *names_of(struct idp_call *call, const struct idp_certificate *read)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(read, idp_oid_alternative_name);
    struct idp_bytes rest;
    struct idp_der name;
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    if (extension == NULL || !idp_der_only(extension->value, IDP_DER_SEQUENCE, &rest)) {
        return list;
    }
    while (rest.size > 0 && idp_der_next(&rest, &name)) {
        struct idp_json *item = general_name(call, &name);
        if (item != NULL) {
            idp_json_add(list, NULL, item);
        }
    }
    return list;
}

/* ---- where its revocation list is (RFC 5280 §4.2.1.13) ---- */

/* [0] of a point is its name, [0] of that the full one: URLs are what is listed here. */
static void place_add(struct idp_call *call, struct idp_json *list, struct idp_bytes point)
{
    struct idp_bytes name, names;
    struct idp_der value;
    if (!idp_der_take(&point, IDP_DER_EXPLICIT, &name) ||
        !idp_der_take(&name, IDP_DER_EXPLICIT, &names)) {
        return;
    }
    while (names.size > 0 && idp_der_next(&names, &value)) {
        if (value.tag == IDP_NAME_URI && plain_text(value.contents).data != NULL) {
            idp_json_add(list, NULL, idp_json_new_string(call, value.contents));
        }
    }
}

static struct idp_json *places_of(struct idp_call *call, const struct idp_certificate *read)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(read, idp_oid_crl_places);
    struct idp_bytes rest, point;
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    if (extension != NULL && idp_der_only(extension->value, IDP_DER_SEQUENCE, &rest)) {
        while (idp_der_take(&rest, IDP_DER_SEQUENCE, &point)) {
            place_add(call, list, point);
        }
    }
    return list;
}

/* ---- all of it ---- */

static struct idp_json *key_of(struct idp_call *call, const struct idp_certificate *read)
{
    const char *why;
    const struct idp_key *key = idp_spki_read(call, read->spki, &why);
    if (key != NULL) {
        return idp_key_describe(call, key);
    }
    struct idp_json *refused = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, refused, "refused", why);
    return refused;
}

static struct idp_bytes hex_or_none(struct idp_call *call, struct idp_bytes bytes)
{
    return bytes.data == NULL ? bytes : idp_hex_encode(call, bytes);
}

static void identity_add(struct idp_call *call, struct idp_json *answer,
                         const struct idp_certificate *read)
{
    idp_json_add_string(call, answer, "subject", idp_certificate_name(call, read->subject));
    idp_json_add_string(call, answer, "issuer", idp_certificate_name(call, read->issuer));
    idp_json_add_string(call, answer, "serial", idp_certificate_serial(call, read));
    idp_json_add_string(call, answer, "not_before", idp_time_text(call, read->not_before_us));
    idp_json_add_string(call, answer, "not_after", idp_time_text(call, read->not_after_us));
    idp_json_add(answer, "key", key_of(call, read));
    idp_json_add_string(call, answer, "key_sha256",
                        idp_hex_encode(call, idp_sha256(call, read->spki)));
    idp_json_add_string(call, answer, "key_identifier",
                        hex_or_none(call, idp_certificate_subject_key(read)));
    idp_json_add_string(call, answer, "authority_key_identifier",
                        hex_or_none(call, idp_certificate_authority_key(read)));
}

/* certificate_inspect(certificate) → what it says, or {"valid":false,"reason":"format"} */
struct idp_value idp_sql_certificate_inspect(struct idp_call *call,
                                             const struct idp_value *arguments)
{
    struct idp_bytes text = idp_text_of(arguments[0]), der = {NULL, 0};
    struct idp_certificate *read = idp_allocate(call, sizeof *read);
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    if (text.size <= 2 * IDP_CERTIFICATE_SIZE_MAX) {
        der = idp_pem_only(call, text, "CERTIFICATE|X509 CERTIFICATE");
    }
    if (der.data == NULL || !idp_certificate_parse(der, read)) {
        idp_json_add_bool(call, answer, "valid", false);
        idp_json_add_c(call, answer, "reason", "format");
        return idp_value_json(answer);
    }
    identity_add(call, answer, read);
    authority_add(call, answer, read);
    idp_json_add(answer, "key_usage", key_usage_of(call, read));
    idp_json_add(answer, "extended_key_usage", purposes_of(call, read));
    idp_json_add(answer, "sans", names_of(call, read));
    idp_json_add_c(call, answer, "signature_algorithm", idp_x509_algorithm_name(read->algorithm));
    idp_json_add_string(call, answer, "fingerprint_sha256",
                        idp_hex_encode(call, idp_sha256(call, der)));
    idp_json_add(answer, "crl_distribution_points", places_of(call, read));
    return idp_value_json(answer);
}
