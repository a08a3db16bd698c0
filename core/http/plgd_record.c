/* SPDX-License-Identifier: Apache-2.0 */
/* plgd_record.c - what a device has done, as plgd's provisioning records have it: each section says
 * when, and how it went by a code of CoAP (RFC 7252 §12.1.2), 0 where it failed. */
#include "core/http/plgd.h"

enum { NANOSECONDS = 1000, CHANGED = 68, CONTENT = 69 };

static const struct {
    const char *step, *section;
    int64_t code;
} sections[] = {
    {"credentials", "credential", CHANGED},
    {"acls", "acl", CONTENT},
    {"cloud", "cloud", CHANGED},
    {"ownership", "ownership", CONTENT},
    {"time", "plgdTime", CONTENT},
};

/* 64 bits are a text in the JSON of Protocol Buffers. */
static void date_add(struct idp_call *call, struct idp_json *object, const char *name,
                     struct idp_bytes time)
{
    int64_t time_us;
    if (idp_time_read(time, &time_us)) {
        struct idp_text number = {.call = call};
        idp_text_add_integer(&number, time_us * NANOSECONDS);
        idp_json_add_string(call, object, name, idp_text_bytes(&number));
    }
}

static struct idp_json *status_of(struct idp_call *call, const struct idp_json *step, int64_t code)
{
    struct idp_json *status = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes outcome = idp_json_string(step, "outcome");
    bool is_ok = idp_bytes_is(outcome, "ok");
    date_add(call, status, "date", idp_json_string(step, "date"));
    idp_json_add_integer(call, status, "coapCode", is_ok ? code : 0);
    idp_json_add_string(call, status, "errorMessage", is_ok ? idp_bytes_of("") : outcome);
    return status;
}

/* The common name of a name as RFC 4514 writes it; data NULL: it has none. */
static struct idp_bytes common_name(struct idp_bytes name)
{
    static const struct idp_bytes type = IDP_LITERAL("CN=");
    while (name.size > 0) {
        size_t size = 0;
        while (size < name.size && name.data[size] != ',') {
            size += name.data[size] == '\\' && size + 1 < name.size ? 2 : 1;
        }
        if (idp_bytes_start((struct idp_bytes){name.data, size}, type)) {
            return (struct idp_bytes){name.data + type.size, size - type.size};
        }
        size += size < name.size;
        name = (struct idp_bytes){name.data + size, name.size - size};
    }
    return (struct idp_bytes){0};
}

static void attestation_add(struct idp_call *call, struct idp_json *object,
                            const struct idp_json *record)
{
    struct idp_json *attestation = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *x509 = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_json *begin = idp_json_member(idp_json_member(record, "steps"), "begin");
    date_add(call, attestation, "date", idp_json_string(begin, "date"));
    idp_json_add_string(call, x509, "commonName", common_name(idp_json_string(record, "subject")));
    idp_json_add(attestation, "x509", x509);
    idp_json_add(object, "attestation", attestation);
}

struct idp_json *idp_plgd_record_write(struct idp_call *call, const struct idp_json *record,
                                       struct idp_bytes owner)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_json *steps = idp_json_member(record, "steps");
    idp_json_add_string(call, object, "id", idp_json_string(record, "registration_id"));
    idp_json_add_string(call, object, "deviceId", idp_json_string(record, "device"));
    idp_json_add_string(call, object, "enrollmentGroupId", idp_json_string(record, "enrollment"));
    idp_json_add_string(call, object, "owner", owner);
    date_add(call, object, "creationDate", idp_json_string(record, "created_at"));
    attestation_add(call, object, record);
    for (size_t i = 0; i < IDP_COUNT(sections); i++) {
        const struct idp_json *step = idp_json_member(steps, sections[i].step);
        struct idp_json *section = idp_json_new(call, IDP_JSON_OBJECT);
        if (step != NULL) {
            idp_json_add(section, "status", status_of(call, step, sections[i].code));
            idp_json_add(object, sections[i].section, section);
        }
    }
    return object;
}
