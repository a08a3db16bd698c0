/* SPDX-License-Identifier: Apache-2.0 */
/* oidc.h - OIDC configuration of instances: what a request may say, what comes of it, and the
 * tokens that it admits. A configuration has three layers: the record (what was sent), what is
 * effective (laid over the defaults, or over what was effective before), and the verifier's own
 * defaults. */
#ifndef IDPLANE_OIDC_H
#define IDPLANE_OIDC_H

#include "core/base/base.h"

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
struct idp_value idp_sql_set_issuer_keys(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_oidc_authenticate(struct idp_call *call,
                                           const struct idp_value *arguments);
struct idp_value idp_sql_oidc_explain(struct idp_call *call, const struct idp_value *arguments);
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
extern const struct idp_statement idp_oidc_trigger_statements[];
extern const size_t idp_oidc_trigger_statement_count;
extern const struct idp_trigger idp_oidc_trigger;
extern const struct idp_statement idp_oidc_history_statements[];
extern const size_t idp_oidc_history_statement_count;

#endif
