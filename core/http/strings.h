/* SPDX-License-Identifier: Apache-2.0 */
/* strings.h - what people read on pages, a file for each language (strings_en.c, …). A string may
 * have one {}, where a value stands. A unit test proves that no language lacks one. */
#ifndef IDPLANE_HTTP_STRINGS_H
#define IDPLANE_HTTP_STRINGS_H

#include "core/idplane.h"

enum idp_string {
    IDP_TITLE_DEVICE,
    IDP_TITLE_DECISION,
    IDP_TITLE_AUTHORIZE,
    IDP_TITLE_GOING_BACK,
    IDP_TITLE_APPROVED,
    IDP_TITLE_DENIED,
    IDP_TITLE_EXPIRED,
    IDP_TITLE_TOO_MANY,
    IDP_TITLE_DECIDED,
    IDP_TITLE_ADMINISTRATIVE,
    IDP_TITLE_LOCKED,
    IDP_TITLE_UNAUTHORIZED,
    IDP_TITLE_DEVICES,
    IDP_TITLE_REMOVE,
    IDP_TITLE_LOGIN,
    IDP_TITLE_SIGNED_IN,
    IDP_TITLE_NOT_SIGNED_IN,
    IDP_TITLE_SIGNED_OUT,
    IDP_TITLE_NOT_FOUND,
    IDP_TITLE_NOT_DONE,
    IDP_SAY_SIGNED_IN_AS,
    IDP_SAY_CODE_HINT,
    IDP_SAY_WANTS,
    IDP_SAY_SCOPES,
    IDP_SAY_GOES_BACK,
    IDP_SAY_GOING_BACK,
    IDP_SAY_COMPARE,
    IDP_SAY_FROM_LINK,
    IDP_SAY_JUST_NOW,
    IDP_SAY_SECONDS_AGO,
    IDP_SAY_MINUTES_AGO,
    IDP_SAY_YOURS,
    IDP_SAY_APPROVED,
    IDP_SAY_APPROVED_CLIENT,
    IDP_SAY_DENIED,
    IDP_SAY_EXPIRED,
    IDP_SAY_TOO_MANY,
    IDP_SAY_DECIDED,
    IDP_SAY_ADMINISTRATIVE,
    IDP_SAY_LOCKED,
    IDP_SAY_UNAUTHORIZED,
    IDP_SAY_NO_DEVICES,
    IDP_SAY_REMOVE,
    IDP_SAY_NO_CONNECTION,
    IDP_SAY_PROXY_LOGIN,
    IDP_SAY_REFUSED,
    IDP_SAY_REASON,
    IDP_SAY_SIGNED_OUT,
    IDP_SAY_LEAVING,
    IDP_LABEL_USER_CODE,
    IDP_LABEL_CONFIRMED,
    IDP_LABEL_CODE,
    IDP_LABEL_DEVICE,
    IDP_LABEL_ADDRESS,
    IDP_LABEL_PROGRAM,
    IDP_LABEL_ASKED,
    IDP_LABEL_NAME,
    IDP_LABEL_SCOPE,
    IDP_LABEL_SINCE,
    IDP_LABEL_USED,
    IDP_BUTTON_CONTINUE,
    IDP_BUTTON_ALLOW,
    IDP_BUTTON_DENY,
    IDP_BUTTON_CONNECT,
    IDP_BUTTON_CONNECT_ANOTHER,
    IDP_BUTTON_ANOTHER_CODE,
    IDP_BUTTON_DEVICES,
    IDP_BUTTON_RENAME,
    IDP_BUTTON_REMOVE,
    IDP_BUTTON_KEEP,
    IDP_BUTTON_SIGN_IN,
    IDP_BUTTON_SIGN_IN_AGAIN,
    IDP_BUTTON_SIGN_OUT,
    IDP_BUTTON_SIGN_OUT_THERE,
    IDP_STRING_COUNT
};

struct idp_language {
    const char *tag;            /* RFC 5646, a primary subtag in lower case */
    const char *const *strings; /* IDP_STRING_COUNT */
    const char *const *errors;  /* sentences up to IDP_TEMPORARILY_UNAVAILABLE; NULL: English */
};

extern const struct idp_language idp_language_en, idp_language_de;

/* All of them; the first one is for whoever names none that is here. */
extern const struct idp_language *const idp_languages[];
extern const size_t idp_language_count;

/* The one that a value of Accept-Language (RFC 9110 §12.5.4) likes best, whatever its bytes. */
const struct idp_language *idp_language_of(struct idp_bytes accepted);

/* The sentence of an error for people. */
const char *idp_language_error(const struct idp_language *language, enum idp_error error);

#endif
