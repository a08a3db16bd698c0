/* SPDX-License-Identifier: Apache-2.0 */
/* consent.c - what a subject allowed a client and need not be asked again. Only approvals are
 * remembered: who denied once is asked the next time. */
#include "core/oauth/authorize.h"

enum { FIND, ALLOW, WIDEN, LIST, FORGET };

enum { REMEMBER_TRIES = 16 };

const struct idp_statement idp_consent_statements[] = {
    [FIND] = {"SELECT scope FROM idplane.consent"
              " WHERE tenant = $1 AND subject = $2 AND client_id = $3",
              "ttt", "t"},
    [ALLOW] = {"INSERT INTO idplane.consent (tenant, subject, client_id, scope, changed_at)"
               " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, subject, client_id) DO NOTHING",
               "ttttz", ""},
    [WIDEN] = {"UPDATE idplane.consent SET scope = $4, changed_at = $5"
               " WHERE tenant = $1 AND subject = $2 AND client_id = $3 AND scope = $6",
               "ttttzt", ""},
    [LIST] = {"SELECT client_id, scope, changed_at FROM idplane.consent"
              " WHERE tenant = $1 AND subject = $2 ORDER BY client_id",
              "tt", "ttz"},
    [FORGET] = {"DELETE FROM idplane.consent"
                " WHERE tenant = $1 AND subject = $2 AND client_id = $3",
                "ttt", ""},
};
const size_t idp_consent_statement_count = IDP_COUNT(idp_consent_statements);

/* What was allowed before; empty for nothing. */
static struct idp_bytes remembered(struct idp_call *call, struct idp_bytes subject,
                                   struct idp_bytes client_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(subject),
                              idp_value_text(client_id)};
    const struct idp_value *row = idp_run_one(call, &idp_consent_statements[FIND], key);
    return row == NULL ? (struct idp_bytes){0} : idp_text_of(row[0]);
}

bool idp_consent_needed(struct idp_call *call, struct idp_bytes prompt, struct idp_bytes subject,
                        struct idp_bytes client_id, struct idp_bytes scope)
{
    if (idp_bytes_is(prompt, "NEVER_PROMPT")) {
        return false;
    }
    if (idp_bytes_is(prompt, "ALWAYS_PROMPT")) {
        return true;
    }
    struct idp_bytes before = remembered(call, subject, client_id);
    return before.data == NULL || !idp_scope_within(scope, before);
}

/* Both together, where that is a scope. */
static struct idp_bytes union_of(struct idp_call *call, struct idp_bytes before,
                                 struct idp_bytes scope)
{
    struct idp_text all = {.call = call};
    struct idp_bytes rest = scope;
    idp_text_add(&all, before);
    for (struct idp_bytes word = idp_word_next(&rest); word.size > 0; word = idp_word_next(&rest)) {
        if (!idp_word_in(before, word)) {
            idp_text_add_c(&all, all.size > 0 ? " " : "");
            idp_text_add(&all, word);
        }
    }
    struct idp_bytes wide = idp_text_bytes(&all);
    return wide.size <= IDP_SCOPE_SIZE_MAX ? wide : scope;
}

/* False: somebody allowed or withdrew something meanwhile. */
static bool remember(struct idp_call *call, struct idp_bytes subject, struct idp_bytes client_id,
                     struct idp_bytes scope)
{
    struct idp_bytes before = remembered(call, subject, client_id);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)), idp_value_text(subject),
        idp_value_text(client_id),        idp_value_text(union_of(call, before, scope)),
        idp_value_time(idp_now_us(call)), idp_value_text(before)};
    size_t statement = before.data == NULL ? ALLOW : WIDEN;
    return idp_run(call, &idp_consent_statements[statement], row).affected == 1;
}

/* What is not remembered after so many tries is asked again. */
void idp_consent_remember(struct idp_call *call, struct idp_bytes subject,
                          struct idp_bytes client_id, struct idp_bytes scope)
{
    size_t tries = 0;
    while (tries < REMEMBER_TRIES && !remember(call, subject, client_id, scope)) {
        tries++;
    }
}

/* ---- SQL ---- */

/* consents(subject) → [{"client_id","client_name","scope","changed_at"}] */
struct idp_value idp_sql_consents(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), arguments[0]};
    struct idp_rows rows = idp_run(call, &idp_consent_statements[LIST], key);
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        struct idp_json *consent = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_string(call, consent, "client_id", idp_text_of(row[0]));
        idp_json_add_string(call, consent, "client_name",
                            idp_client_name(call, idp_text_of(row[0])));
        idp_json_add_string(call, consent, "scope", idp_text_of(row[1]));
        idp_json_add_string(call, consent, "changed_at",
                            idp_time_text(call, idp_integer_of(row[2])));
        idp_json_add(list, NULL, consent);
    }
    return idp_value_json(list);
}

/* withdraw_consent(subject, client_id) → whether there was one; its grants stay */
struct idp_value idp_sql_withdraw_consent(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), arguments[0], arguments[1]};
    return idp_value_bool(idp_run(call, &idp_consent_statements[FORGET], key).affected == 1);
}
