/* SPDX-License-Identifier: Apache-2.0 */
/* instance.h - instances and defaults as rows, between the files of the area that keep them. */
#ifndef IDPLANE_OIDC_INSTANCE_H
#define IDPLANE_OIDC_INSTANCE_H

#include "core/oidc/config.h"

enum { IDP_OIDC_TRY_COUNT_MAX = 64 };
#define IDP_OIDC_NO_INSTANCE "There is no such instance."

/* ---- defaults (default.c) ---- */

/* The defaults of a plan; raises IDP_NO_OIDC_DEFAULT, naming the plan, where there are none. */
const struct idp_json *idp_oidc_default_load(struct idp_call *call, struct idp_bytes plan);

/* How tokens are judged by default: the text of the member `profile`, "documented" where it says
 * none. */
struct idp_bytes idp_oidc_profile_of(struct idp_call *call, const struct idp_json *defaults);

/* ---- instances (instance.c) ---- */

/* A row. `provenance` says of each effective field where it comes from. */
struct idp_oidc_instance {
    struct idp_bytes name, plan, profile;
    int64_t version, changed_us;
    struct idp_oidc_state state;
    const struct idp_json *provenance;
};

/* What changed it: goes to the history. */
struct idp_oidc_change {
    const char *operation;
    struct idp_bytes actor;
    const struct idp_json *request; /* NULL: none */
};

/* False where the tenant has no such instance. */
bool idp_oidc_instance_find(struct idp_call *call, struct idp_bytes name,
                            struct idp_oidc_instance *out);

/* Makes the instance, or takes it from `version` - 1 to `version`; with its line of the history.
 * False where somebody else was first: nothing was written. The caller has called host->begin. */
bool idp_oidc_instance_make(struct idp_call *call, const struct idp_oidc_instance *instance,
                            const struct idp_oidc_change *change) IDP_MUST_CHECK;
bool idp_oidc_instance_save(struct idp_call *call, const struct idp_oidc_instance *instance,
                            const struct idp_oidc_change *change) IDP_MUST_CHECK;

/* The last version in the history, which goes on where its instance is gone; 0: there is none.
 * *provisioned: that of the last provisioning. */
int64_t idp_oidc_last_version(struct idp_call *call, struct idp_bytes name, int64_t *provisioned);

/* A column as JSON; NULL for NULL. Raises IDP_STORE where it is none. */
const struct idp_json *idp_oidc_column(struct idp_call *call, struct idp_value column);

/* ---- provenance (provenance.c) ---- */

/* An object of effective fields and words: "default", "provision", or an operation and a version.
 * Fields that the request does not mention keep their word in `before`; NULL: "default". */
const struct idp_json *idp_oidc_provenance(struct idp_call *call, struct idp_oidc_state state,
                                           const struct idp_json *request, struct idp_bytes word,
                                           const struct idp_json *before);

/* ---- options of functions (options.c) ---- */

/* Raises IDP_INVALID_ARGUMENT for unknown members and wrong types. */
struct idp_oidc_options idp_oidc_options_of(struct idp_call *call, struct idp_value value,
                                            const char *members);

#endif
