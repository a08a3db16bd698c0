/* SPDX-License-Identifier: Apache-2.0 */
/* list_read.c - a revocation list (RFC 5280 §5.1) taken apart, strictly: version 2, complete, with
 * a number and the time of the next one. What it lists is read to its end, so that nothing in it is
 * a surprise to who uses it. */
#include "core/pki/list.h"

enum { VERSION_2 = 1, NUMBER_SIZE_MAX = 20 };

static const struct idp_bytes oid_number = IDP_LITERAL("\x55\x1d\x14");

/* Serial, when, and perhaps more about it: critical is only what gives an entry to another issuer.
 */
static const char *entry_read(struct idp_bytes entry)
{
    struct idp_bytes serial;
    struct idp_der more;
    struct idp_extensions extensions;
    int64_t revoked_us;
    if (!idp_der_take(&entry, IDP_DER_INTEGER, &serial) || serial.size == 0 ||
        !idp_der_take_time(&entry, &revoked_us)) {
        return "format";
    }
    if (entry.size == 0) {
        return NULL;
    }
    if (!idp_der_next(&entry, &more) || entry.size != 0 ||
        idp_extensions_read(more.whole, &extensions) != NULL) {
        return "format";
    }
    for (size_t i = 0; i < extensions.count; i++) {
        if (extensions.items[i].is_critical) {
            return "critical_extension";
        }
    }
    return NULL;
}

/* There is no list of none: it is left out then. */
static const char *entries_read(struct idp_bytes entries, struct idp_list *out)
{
    struct idp_bytes entry;
    const char *why = entries.size == 0 ? "format" : NULL;
    while (why == NULL && entries.size > 0) {
        why = idp_der_take(&entries, IDP_DER_SEQUENCE, &entry) ? entry_read(entry) : "format";
        out->revoked_count++;
    }
    return why;
}

/* A critical one says that the list is not the whole (§5.2.4, §5.2.5), or nobody knows what. */
static const char *extensions_read(struct idp_bytes list, struct idp_list *out)
{
    struct idp_extensions extensions;
    if (idp_extensions_read(list, &extensions) != NULL) {
        return "format";
    }
    for (size_t i = 0; i < extensions.count; i++) {
        struct idp_bytes value = extensions.items[i].value;
        if (extensions.items[i].is_critical) {
            return "critical_extension";
        }
        if (idp_bytes_equal(extensions.items[i].oid, oid_number) &&
            (!idp_der_take_number(&value, &out->number) || value.size != 0 ||
             out->number.size > NUMBER_SIZE_MAX)) {
            return "format";
        }
    }
    return out->number.data == NULL ? "number" : NULL;
}

static const char *signed_read(struct idp_bytes rest, struct idp_list *out)
{
    struct idp_bytes version, entries, extensions;
    if (!idp_der_take_number(&rest, &version) || version.size != 1 ||
        version.data[0] != VERSION_2 ||
        !idp_der_take_whole(&rest, IDP_DER_SEQUENCE, &out->algorithm) ||
        !idp_der_take_whole(&rest, IDP_DER_SEQUENCE, &out->issuer) ||
        !idp_der_take_time(&rest, &out->this_update_us) ||
        !idp_der_take_time(&rest, &out->next_update_us)) {
        return "format";
    }
    if (idp_der_take(&rest, IDP_DER_SEQUENCE, &entries)) {
        const char *why = entries_read(entries, out);
        if (why != NULL) {
            return why;
        }
    }
    if (rest.size == 0) {
        return "number";
    }
    return idp_der_take(&rest, IDP_DER_EXPLICIT, &extensions) && rest.size == 0
               ? extensions_read(extensions, out)
               : "format";
}

const char *idp_list_read(struct idp_bytes der, struct idp_list *out)
{
    struct idp_bytes parts, contents, algorithm;
    *out = (struct idp_list){.der = der};
    if (!idp_der_only(der, IDP_DER_SEQUENCE, &parts) ||
        !idp_der_take_whole(&parts, IDP_DER_SEQUENCE, &out->to_be_signed) ||
        !idp_der_take_whole(&parts, IDP_DER_SEQUENCE, &algorithm) ||
        !idp_der_take_bits(&parts, &out->signature) || parts.size != 0 ||
        !idp_der_only(out->to_be_signed, IDP_DER_SEQUENCE, &contents)) {
        return "format";
    }
    const char *why = signed_read(contents, out);
    return why == NULL && !idp_bytes_equal(algorithm, out->algorithm) ? "format" : why;
}
