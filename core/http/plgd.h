/* SPDX-License-Identifier: Apache-2.0 */
/* plgd.h - the documents of plgd's device provisioning service, and what they are here; only
 * core/http includes it. */
#ifndef IDPLANE_PLGD_H
#define IDPLANE_PLGD_H

#include "core/http/http.h"
#include "core/provisioning/provisioning.h"

/* What an administrator sent of an enrollment group or a hub. */
struct idp_plgd_sent {
    struct idp_call *call;
    const struct idp_json *body;
    struct idp_bytes id, owner;
    const struct idp_json *before; /* as it is shown; NULL: it is new */
    struct idp_json *faults;       /* {path, code, message} each, added by who reads */
};

/* The document for set_enrollment() or set_hub(): what plgd has no member for stays as it was
 * (plgd_document.c). */
const struct idp_json *idp_plgd_group_read(struct idp_plgd_sent *sent);
const struct idp_json *idp_plgd_hub_read(struct idp_plgd_sent *sent);

/* And back, of what enrollment() and hub() show: no secret is there. */
struct idp_json *idp_plgd_group_write(struct idp_call *call, const struct idp_json *shown);
struct idp_json *idp_plgd_hub_write(struct idp_call *call, const struct idp_json *shown);

/* A record of provisioning_records(), of this owner (plgd_record.c). */
struct idp_json *idp_plgd_record_write(struct idp_call *call, const struct idp_json *record,
                                       struct idp_bytes owner);

#endif
