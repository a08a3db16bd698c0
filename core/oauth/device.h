/* SPDX-License-Identifier: Apache-2.0 */
/* device.h - what the files of the device grant share (RFC 8628): codes and throttle. */
#ifndef IDPLANE_OAUTH_DEVICE_H
#define IDPLANE_OAUTH_DEVICE_H

#include "core/oauth/oauth.h"

/* ---- user codes (user_code.c) ---- */

/* A code drawn evenly from the charset of the settings, without punctuation. */
struct idp_bytes idp_user_code_generate(struct idp_call *call, const struct idp_settings *settings);

/* As people read it: with a dash in the middle where the settings say so. */
struct idp_bytes idp_user_code_shown(struct idp_call *call, const struct idp_settings *settings,
                                     struct idp_bytes code);

/* What a person typed, reduced to the charset (RFC 8628 §6.1); data NULL where no code can be it.
 */
struct idp_bytes idp_user_code_read(struct idp_call *call, const struct idp_settings *settings,
                                    struct idp_bytes typed);

/* Digests at rest, bound to the tenant; a device code is known for its client only. */
struct idp_bytes idp_user_code_digest(struct idp_call *call, struct idp_bytes code);
struct idp_bytes idp_device_code_digest(struct idp_call *call, struct idp_bytes client_id,
                                        struct idp_bytes code);

/* ---- who may use the grant (device_client.c) ---- */

/* Loads settings and client; IDP_OK, IDP_INVALID_CLIENT, IDP_UNSUPPORTED_GRANT_TYPE (the tenant has
 * the grant switched off) or IDP_UNAUTHORIZED_CLIENT (the client has not opted in). */
enum idp_error idp_device_client(struct idp_call *call, struct idp_bytes client_id,
                                 struct idp_client *client,
                                 struct idp_settings *settings) IDP_MUST_CHECK;

/* ---- polls that wait (held_poll.c) ---- */

/* Lets a pending poll wait for a decision, as long as client and settings would: {"wait_ms",
 * "wake_on","resume"}; else the answer. device_code as idp_device_poll takes it. */
const struct idp_json *idp_poll_hold(struct idp_call *call, struct idp_bytes device_code,
                                     const struct idp_redeemer *redeemer);

/* Somebody has decided about a device code: whoever waits for that is woken. */
void idp_poll_wake(struct idp_call *call, const struct idp_settings *settings,
                   struct idp_bytes code_digest);

/* The answer of a poll that waited, which counts as none; NULL while nobody has decided. */
const struct idp_json *idp_device_poll_decided(struct idp_call *call, struct idp_bytes device_code,
                                               const struct idp_redeemer *redeemer);

/* ---- throttle of user codes (throttle.c) ---- */

/* Takes one attempt of the subject; false: over a limit, nothing may be looked up. source may have
 * data NULL. */
bool idp_throttle_enter(struct idp_call *call, const struct idp_settings *settings,
                        struct idp_bytes subject, struct idp_bytes source) IDP_MUST_CHECK;

/* The attempt was wrong: it stays counted for subject, source and tenant. */
void idp_throttle_wrong(struct idp_call *call, struct idp_bytes source);

/* The code was a real one: the subject gets the attempt back. */
void idp_throttle_right(struct idp_call *call, struct idp_bytes subject);

/* The subject decided on a code: its own count starts anew. */
void idp_throttle_reset(struct idp_call *call, struct idp_bytes subject);

#endif
