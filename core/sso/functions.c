/* SPDX-License-Identifier: Apache-2.0 */
/* functions.c - the pure SQL functions of this area: arguments in, value out. Claims are data, and
 * meet nothing where they are none; a rule that is none is a mistake of whoever asks. */
#include "core/sso/keys.h"
#include "core/sso/predicate.h"

struct idp_value idp_sql_wildcard_match(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_wildcard wildcard = idp_wildcard_of(arguments[0].bytes, IDP_WILDCARD_ESCAPE_ALL);
    return idp_value_bool(idp_wildcard_match(call, &wildcard, arguments[1].bytes));
}

static struct idp_predicate predicate_of(struct idp_call *call, struct idp_value value)
{
    struct idp_predicate predicate;
    const char *why = idp_predicate_of(call, idp_text_of(value), &predicate);
    if (why != NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The predicate is not valid: %s.", why);
    }
    return predicate;
}

static const struct idp_json *claims_of(struct idp_call *call, struct idp_value value)
{
    const char *why;
    return idp_json_read(call, idp_text_of(value), &why);
}

struct idp_value idp_sql_claim_match(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_predicate predicate = predicate_of(call, arguments[1]);
    const struct idp_json *claims = claims_of(call, arguments[0]);
    return idp_value_bool(claims != NULL && idp_predicate_match(call, claims, &predicate));
}

struct idp_value idp_sql_claim_explain(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_predicate predicate = predicate_of(call, arguments[1]);
    return idp_value_json(idp_predicate_explain(call, claims_of(call, arguments[0]), &predicate));
}

struct idp_value idp_sql_fill_placeholders(struct idp_call *call, const struct idp_value *arguments)
{
    if (!idp_utf8_valid(arguments[0].bytes)) {
        return idp_null();
    }
    const struct idp_json *values = idp_json_object_argument(call, arguments[1], "placeholders");
    return idp_value_text(idp_placeholders_fill(call, arguments[0].bytes, values));
}

/* ---- keys of a provider ---- */

static enum idp_key_source source_of(struct idp_call *call, struct idp_bytes name)
{
    static const char *const names[] = {[IDP_KEYS_AAD] = "aad",
                                        [IDP_KEYS_ADFS] = "adfs",
                                        [IDP_KEYS_MANUAL] = "manual",
                                        [IDP_KEYS_JWKS] = "jwks"};
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (idp_bytes_is(name, names[i])) {
            return (enum idp_key_source)i;
        }
    }
    idp_fail_with(call, IDP_INVALID_ARGUMENT,
                  "The argument source must be aad, adfs, manual or jwks.");
}

struct key_options {
    bool rsa_only, has_time;
    int64_t time_us;
};

static bool read_option(const struct idp_json *option, struct key_options *out)
{
    if (idp_bytes_is(option->name, "rsa_only")) {
        out->rsa_only = option->kind == IDP_JSON_TRUE;
        return out->rsa_only || option->kind == IDP_JSON_FALSE;
    }
    out->has_time = true;
    return idp_bytes_is(option->name, "at") && option->kind == IDP_JSON_STRING &&
           idp_time_read(option->text, &out->time_us);
}

static struct key_options options_of(struct idp_call *call, struct idp_value value)
{
    struct key_options out = {.rsa_only = false};
    const struct idp_json *options = idp_json_object_argument(call, value, "options");
    const struct idp_json *option = options == NULL ? NULL : options->child;
    for (; option != NULL; option = option->next) {
        if (!read_option(option, &out)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "The argument options may have rsa_only, true or false, and at, an RFC "
                          "3339 time, and nothing else.");
        }
    }
    return out;
}

/* Where the faults of a manual configuration are listed. */
struct fault_list {
    struct idp_call *call;
    struct idp_json *list;
};

static void list_fault(void *context, struct idp_bytes path, const char *code, const char *message)
{
    struct fault_list *faults = context;
    struct idp_json *fault = idp_json_new(faults->call, IDP_JSON_OBJECT);
    idp_json_add_string(faults->call, fault, "path", path);
    idp_json_add_c(faults->call, fault, "code", code);
    idp_json_add_c(faults->call, fault, "message", message);
    idp_json_add(faults->list, NULL, fault);
}

/* The keys of a manual configuration, and its faults. */
static struct idp_json *manual_keys(struct idp_call *call, bool rsa_only, struct idp_bytes document,
                                    struct fault_list *found, const char **why)
{
    struct idp_manual_faults faults = {.add = list_fault, .context = found};
    const char *fault;
    *found = (struct fault_list){call, idp_json_new(call, IDP_JSON_ARRAY)};
    return idp_keys_of_manual(call, idp_json_read(call, document, &fault), rsa_only, &faults, why);
}

/* provider_keys(source, document, options): keys, or an error; faults of what is manual */
struct idp_value idp_sql_provider_keys(struct idp_call *call, const struct idp_value *arguments)
{
    enum idp_key_source source = source_of(call, arguments[0].bytes);
    struct key_options options = options_of(call, arguments[2]);
    struct fault_list faults = {call, NULL};
    struct idp_bytes document = arguments[1].bytes;
    const char *why;
    struct idp_json *keys =
        source == IDP_KEYS_MANUAL
            ? manual_keys(call, options.rsa_only, document, &faults, &why)
            : idp_keys_of_document(call, source, options.rsa_only, document, &why);
    if (keys == NULL) {
        keys = idp_error_json_with(call, IDP_INVALID_KEY_DOCUMENT, why);
    } else if (options.has_time) {
        keys = idp_keys_at(call, keys, options.time_us);
    }
    if (faults.list != NULL) {
        idp_json_add(keys, "faults", faults.list);
    }
    return idp_value_json(keys);
}
