/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - the settings under `idplane_fetch.`. */
#ifndef IDPLANE_PG_FETCH_SETTINGS_H
#define IDPLANE_PG_FETCH_SETTINGS_H

#include "core/fetch/fetch.h"

void idp_pg_fetch_define_settings(void);

/* What is in force. Raises in a session that asked for what it may not choose. */
struct idp_fetch_settings idp_pg_fetch_settings(void);

#endif
