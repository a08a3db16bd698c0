/* SPDX-License-Identifier: Apache-2.0 */
/* profile_judge.c - the last look before a signature: what is to be signed is read back, as others
 * will read it, and whatever the profile does not give is refused. It trusts nothing of how it was
 * made. */
#include "core/pki/profile.h"

struct judging {
    struct idp_call *call;
    const struct idp_judged *judged;
    const struct idp_certificate *read;
};

/* ---- extensions ---- */

/* True where it is an extension as it is written here. */
static bool is_as(const struct idp_extension_value *found, struct idp_bytes written)
{
    struct idp_bytes rest, value;
    if (!idp_der_only(written, IDP_DER_SEQUENCE, &rest) ||
        !idp_der_take(&rest, IDP_DER_OID, NULL)) {
        return false;
    }
    bool is_critical = idp_der_take(&rest, IDP_DER_BOOLEAN, NULL);
    return is_critical == found->is_critical && idp_der_take(&rest, IDP_DER_OCTET_STRING, &value) &&
           idp_bytes_equal(value, found->value);
}

static bool constraints_judge(const struct judging *judging,
                              const struct idp_extension_value *found)
{
    int64_t path_length;
    return found->is_critical && !idp_certificate_is_ca(judging->read, &path_length) &&
           path_length < 0;
}

static bool usage_judge(const struct judging *judging, const struct idp_extension_value *found)
{
    struct idp_bytes bits = idp_certificate_key_usage(judging->read);
    unsigned char given =
        idp_profile_key_usage(judging->judged->profile, judging->judged->csr->key);
    return found->is_critical && bits.size == 1 && (unsigned char)bits.data[0] == given &&
           given != 0;
}

static bool purposes_judge(const struct judging *judging, const struct idp_extension_value *found)
{
    struct idp_bytes purposes;
    return !found->is_critical && idp_der_only(found->value, IDP_DER_SEQUENCE, &purposes) &&
           idp_bytes_equal(purposes, judging->judged->profile->purposes);
}

static bool names_judge(const struct judging *judging, const struct idp_extension_value *found)
{
    struct idp_bytes text;
    const struct idp_json *sans = judging->judged->profile->sans;
    return sans != NULL && !found->is_critical &&
           idp_alternative_names_check(judging->call, sans, found->value, &text) == NULL;
}

static bool subject_key_judge(const struct judging *judging,
                              const struct idp_extension_value *found)
{
    struct idp_bytes key = idp_key_identifier(judging->call, judging->judged->csr->spki);
    return !found->is_critical && idp_bytes_equal(idp_certificate_subject_key(judging->read), key);
}

static bool authority_key_judge(const struct judging *judging,
                                const struct idp_extension_value *found)
{
    return is_as(found,
                 idp_authority_key_identifier(judging->call, judging->judged->ca->key_identifier));
}

static bool place_judge(const struct judging *judging, const struct idp_extension_value *found)
{
    struct idp_bytes url = judging->judged->list_url;
    return url.size > 0 && is_as(found, idp_crl_distribution_point(judging->call, url));
}

static const struct {
    const struct idp_bytes *oid;
    bool is_required;
    bool (*judge)(const struct judging *judging, const struct idp_extension_value *found);
} extensions[] = {
    {&idp_oid_basic_constraints, true, constraints_judge},
    {&idp_oid_key_usage, true, usage_judge},
    {&idp_oid_extended_key_usage, true, purposes_judge},
    {&idp_oid_alternative_name, false, names_judge},
    {&idp_oid_subject_key, true, subject_key_judge},
    {&idp_oid_authority_key, true, authority_key_judge},
    {&idp_oid_crl_places, false, place_judge},
};

/* Each is there at most once, as the reader sees to: what is more is none of these. */
static bool extensions_judge(const struct judging *judging)
{
    size_t known = 0;
    for (size_t i = 0; i < IDP_COUNT(extensions); i++) {
        const struct idp_extension_value *found =
            idp_certificate_extension(judging->read, *extensions[i].oid);
        bool is_well =
            found == NULL ? !extensions[i].is_required : extensions[i].judge(judging, found);
        if (!is_well) {
            return false;
        }
        known += found != NULL ? 1 : 0;
    }
    return known == judging->read->extensions.count;
}

/* ---- the rest ---- */

/* Whole seconds, so that it may begin up to one earlier. */
static bool period_judge(const struct judging *judging)
{
    const struct idp_profile *profile = judging->judged->profile;
    const struct idp_ca *ca = judging->judged->ca;
    const struct idp_certificate *read = judging->read;
    int64_t now_us = idp_now_us(judging->call);
    return read->not_before_us > now_us - (profile->backdate_s + 1) * IDP_SECOND_US &&
           read->not_before_us > ca->not_before_us - IDP_SECOND_US &&
           read->not_after_us <= now_us + profile->lifetime_s * IDP_SECOND_US &&
           read->not_after_us <= ca->not_after_us && read->not_before_us <= read->not_after_us;
}

const char *idp_profile_judge(struct idp_call *call, const struct idp_judged *judged,
                              struct idp_bytes to_be_signed)
{
    struct idp_certificate *read = idp_allocate(call, sizeof *read);
    struct judging judging = {call, judged, read};
    bool is_well = idp_certificate_parse_unsigned(to_be_signed, read) &&
                   idp_bytes_equal(read->issuer, judged->ca->subject) &&
                   idp_bytes_equal(read->spki, judged->csr->spki) &&
                   idp_profile_gives_subject(call, judged->profile, read->subject) &&
                   period_judge(&judging) && extensions_judge(&judging);
    return is_well ? NULL : "policy";
}
