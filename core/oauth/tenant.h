/* SPDX-License-Identifier: Apache-2.0 */
/* tenant.h - the statements on idplane.tenant, for the two files that read and change it. */
#ifndef IDPLANE_OAUTH_TENANT_H
#define IDPLANE_OAUTH_TENANT_H

#include "core/oauth/settings.h"

enum idp_tenant_statement {
    IDP_TENANT_SETTINGS,
    IDP_TENANT_ENSURE,
    IDP_TENANT_LOCK,
    IDP_TENANT_CONFIGURE,
    IDP_TENANT_VERSION,
    IDP_TENANT_BY_AUTHORITY,
    IDP_TENANT_BY_HOST,
    IDP_TENANT_UNADDRESSED,
    IDP_TENANT_SHARING
};

/* True where another tenant has the base_url that is stored for this one. */
bool idp_tenant_address_shared(struct idp_call *call) IDP_MUST_CHECK;

#endif
