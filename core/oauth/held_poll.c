/* SPDX-License-Identifier: Apache-2.0 */
/* held_poll.c - a device that would rather wait for the decision than ask again.
 *
 * Such a poll is a poll as any other and has its answer: authorization_pending. Along with it goes
 * for how long a front may keep that back, on whose decision it may come back sooner, and with
 * what. Nothing waits in the database, and a front that knows nothing of it answers at once. */
#include "core/oauth/device.h"

/* Of the code's digest, which tells nothing of the code. */
enum { WAKE_NAME_DIGEST_SIZE = 15 };

static struct idp_bytes wake_name(struct idp_call *call, struct idp_bytes code_digest)
{
    return idp_base64url_encode(call, (struct idp_bytes){code_digest.data, WAKE_NAME_DIGEST_SIZE});
}

/* What was proven is proven: client and keys need not prove themselves again. */
static struct idp_json *resume_of(struct idp_call *call, const struct idp_redeemer *redeemer,
                                  int64_t until_us)
{
    struct idp_json *resume = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, resume, "client_id", redeemer->client_id);
    idp_json_add_string(call, resume, "jkt", redeemer->binding.jkt);
    idp_json_add_string(call, resume, "x5t", redeemer->binding.x5t);
    idp_json_add_integer(call, resume, "wait_until", until_us);
    idp_json_add_bool(call, resume, "repeatable", true);
    return resume;
}

static const struct idp_json *hold(struct idp_call *call, struct idp_bytes device_code,
                                   const struct idp_redeemer *redeemer, int64_t until_us)
{
    const struct idp_json *decided = idp_device_poll_decided(call, device_code, redeemer);
    int64_t wait_ms = (until_us - idp_now_us(call)) / 1000;
    if (decided != NULL || wait_ms <= 0) {
        return decided == NULL ? idp_error_json(IDP_AUTHORIZATION_PENDING) : decided;
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes digest = idp_device_code_digest(call, redeemer->client_id, device_code);
    idp_json_add_integer(call, answer, "wait_ms", wait_ms);
    idp_json_add_string(call, answer, "wake_on", wake_name(call, digest));
    idp_json_add(answer, "resume", resume_of(call, redeemer, until_us));
    return answer;
}

const struct idp_json *idp_poll_hold(struct idp_call *call, struct idp_bytes device_code,
                                     const struct idp_redeemer *redeemer)
{
    int64_t wait_max_s = idp_settings_load(call).poll_wait_max_s;
    int64_t wait_s = redeemer->wait_s < wait_max_s ? redeemer->wait_s : wait_max_s;
    return hold(call, device_code, redeemer, idp_now_us(call) + wait_s * IDP_SECOND_US);
}

const struct idp_json *idp_poll_resume(struct idp_call *call, const struct idp_json *form,
                                       const struct idp_json *step)
{
    int64_t until_us;
    struct idp_redeemer redeemer = {
        .client_id = idp_json_string(step, "client_id"),
        .binding = {.jkt = idp_json_string(step, "jkt"), .x5t = idp_json_string(step, "x5t")},
        .code_verifier = idp_json_string(form, "code_verifier"),
        .form = form,
    };
    struct idp_bytes device_code = idp_json_string(form, "device_code");
    if (device_code.data == NULL ||
        !idp_json_integer(idp_json_member(step, "wait_until"), &until_us)) {
        return idp_error_json(IDP_INVALID_REQUEST);
    }
    return hold(call, device_code, &redeemer, until_us);
}

void idp_poll_wake(struct idp_call *call, const struct idp_settings *settings,
                   struct idp_bytes code_digest)
{
    if (settings->poll_wait_max_s == 0) {
        return;
    }
    call->wakes = wake_name(call, code_digest);
    if (call->host->notify != NULL) {
        call->host->notify(call, idp_text_c(call, call->wakes));
    }
}
