/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - the settings of a fetch in SQLite are variables of the environment: they belong to
 * whoever starts the process. Of a program that runs with another user's rights they do not count.
 */
#include "sqlite_ext/fetch/adapter.h"

#include <stdlib.h>
#include <string.h>

static const char *variable(const char *name)
{
    const char *value = secure_getenv(name);
    return value == NULL ? "" : value;
}

static bool switch_of(struct idp_call *call, const char *name)
{
    static const char *const words[] = {"", "off", "false", "0", "on", "true", "1"};
    const char *value = variable(name);
    size_t i = 0;
    while (i < IDP_COUNT(words) && strcmp(value, words[i]) != 0) {
        i++;
    }
    if (i == IDP_COUNT(words)) {
        call->host->fail(call, IDP_INVALID_SETTINGS,
                         "The setting allow_http of idplane_fetch must be on or off.");
    }
    return i > 3;
}

/* What is no number is 0, which no setting may be. */
static int64_t number_of(const char *name, int64_t usual)
{
    const char *value = variable(name);
    size_t size = strlen(value);
    if (size == 0) {
        return usual;
    }
    return size == strspn(value, "0123456789") && size < 10 ? strtol(value, NULL, 10) : 0;
}

void idp_fetch_settings_of(struct idp_call *call, struct idp_fetch_settings *settings)
{
    *settings = (struct idp_fetch_settings){
        .allow_http = switch_of(call, "IDPLANE_FETCH_ALLOW_HTTP"),
        .allowed_addresses = variable("IDPLANE_FETCH_ALLOWED_ADDRESSES"),
        .proxy = variable("IDPLANE_FETCH_PROXY"),
        .ca_file = variable("IDPLANE_FETCH_CA_FILE"),
        .timeout_ms = number_of("IDPLANE_FETCH_TIMEOUT_MS", IDP_FETCH_TIMEOUT_MS_DEFAULT),
        .size_max = number_of("IDPLANE_FETCH_SIZE_MAX", IDP_FETCH_SIZE_DEFAULT)};
}
