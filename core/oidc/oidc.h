/* SPDX-License-Identifier: Apache-2.0 */
/* oidc.h - OIDC configuration of instances: what a request may say, what comes of it, and the
 * tokens that it admits. A configuration has three layers: the record (what was sent), what is
 * effective (laid over the defaults, or over what was effective before), and the verifier's own
 * defaults. */
#ifndef IDPLANE_OIDC_H
#define IDPLANE_OIDC_H

#include "core/base/base.h"

/* ---- instances (operations.c, service.c) ---- */

struct idp_oidc_options {
    struct idp_bytes plan, actor; /* actor data NULL: the subject of the session */
    int64_t version;              /* that the instance must have; 0: any */
};

/* What provision_oidc and update_oidc answer: an object with status ok, invalid, exists, not_found
 * or conflict. The request is the `oidc` member, NULL: absent. Raises IDP_NO_OIDC_DEFAULT. */
const struct idp_json *idp_oidc_provision(struct idp_call *call, struct idp_bytes name,
                                          const struct idp_json *request,
                                          struct idp_oidc_options options);
const struct idp_json *idp_oidc_update(struct idp_call *call, struct idp_bytes name,
                                       const struct idp_json *request,
                                       struct idp_oidc_options options);

/* The record of an instance as the origin shows it, empty fields included; NULL: it has none. */
const struct idp_json *idp_oidc_record_shown(struct idp_call *call, struct idp_bytes name);

/* True where the two records mean the same. */
bool idp_oidc_record_is(struct idp_call *call, struct idp_bytes name,
                        const struct idp_json *request);

/* An instance of a service as its broker's clients see it (Open Service Broker API 2.17): what they
 * sent beside the OIDC configuration. */
struct idp_service {
    struct idp_bytes service_id, plan_id;
    const struct idp_json *context, *parameters; /* objects; parameters without oidc */
};
bool idp_service_find(struct idp_call *call, struct idp_bytes name, struct idp_service *out);
/* Makes others wait who change it, until the transaction ends. */
void idp_service_lock(struct idp_call *call, struct idp_bytes name);
void idp_service_save(struct idp_call *call, struct idp_bytes name,
                      const struct idp_service *service);

/* The plan whose defaults count for a plan_id: it, or the empty one where it has none. */
struct idp_bytes idp_service_plan(struct idp_call *call, struct idp_bytes plan_id);

/* The plan whose defaults count for an instance that exists: where its configuration was made. */
struct idp_bytes idp_service_instance_plan(struct idp_call *call, struct idp_bytes name);

/* The version that its provisioning made. */
int64_t idp_service_provisioned(struct idp_call *call, struct idp_bytes name);

/* True where that plan has defaults. */
bool idp_service_has_default(struct idp_call *call, struct idp_bytes plan);

/* True where the defaults of the plan say that the origin's code is followed; *is_first: in its
 * first era. */
bool idp_service_follows_code(struct idp_call *call, struct idp_bytes plan, bool *is_first);

/* True where Go's encoding/json takes one name for the other: it folds case (fields.c). */
bool idp_oidc_names_fold(struct idp_bytes name, const char *known);

/* ---- SQL functions (functions.c): design §3 ---- */

struct idp_value idp_sql_oidc_validate(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_merge(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_merge_step(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_oidc_default(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_provision_oidc(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_update_oidc(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_rederive_oidc(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_rollback_oidc(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_config(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_default(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_issuer_keys(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_issuer_keys(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_authenticate(struct idp_call *call,
                                           const struct idp_value *arguments);
struct idp_value idp_sql_oidc_explain(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_preview(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_export(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_import(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_map_claims(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_history(struct idp_call *call, const struct idp_value *arguments);

extern const struct idp_statement idp_oidc_default_statements[];
extern const size_t idp_oidc_default_statement_count;
extern const struct idp_statement idp_oidc_instance_statements[];
extern const size_t idp_oidc_instance_statement_count;
extern const struct idp_statement idp_oidc_operation_statements[];
extern const size_t idp_oidc_operation_statement_count;
extern const struct idp_statement idp_oidc_issuer_statements[];
extern const size_t idp_oidc_issuer_statement_count;
extern const struct idp_statement idp_service_statements[];
extern const size_t idp_service_statement_count;
extern const struct idp_statement idp_oidc_authenticate_statements[];
extern const size_t idp_oidc_authenticate_statement_count;
extern const struct idp_statement idp_oidc_trigger_statements[];
extern const size_t idp_oidc_trigger_statement_count;
extern const struct idp_trigger idp_oidc_trigger;
extern const struct idp_statement idp_oidc_history_statements[];
extern const size_t idp_oidc_history_statement_count;

#endif
