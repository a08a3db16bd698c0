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

#endif
