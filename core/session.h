/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - rows of the function table that belong to no area. */
#ifndef IDPLANE_SESSION_H
#define IDPLANE_SESSION_H

#include "core/base/base.h"

struct idp_value idp_sql_set_tenant(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_current_tenant(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_clock(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_check_installation(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_canonical_json(struct idp_call *call, const struct idp_value *arguments);

#endif
