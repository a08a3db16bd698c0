/* SPDX-License-Identifier: Apache-2.0 */
/* strings_en.c - English. Sentences of errors are those of core/base/error.c. */
#include "core/http/strings.h"

static const char *const strings[IDP_STRING_COUNT] = {
    [IDP_TITLE_DEVICE] = "Connect a device",
    [IDP_TITLE_DECISION] = "Allow this device?",
    [IDP_TITLE_APPROVED] = "Device connected",
    [IDP_TITLE_DENIED] = "Device denied",
    [IDP_TITLE_EXPIRED] = "The code has expired",
    [IDP_TITLE_TOO_MANY] = "Too many attempts",
    [IDP_TITLE_DECIDED] = "Already answered",
    [IDP_TITLE_ADMINISTRATIVE] = "Not from this page",
    [IDP_TITLE_LOCKED] = "This account is locked",
    [IDP_TITLE_UNAUTHORIZED] = "This device may not connect",
    [IDP_TITLE_DEVICES] = "My devices",
    [IDP_TITLE_REMOVE] = "Remove this device?",
    [IDP_TITLE_LOGIN] = "Sign in",
    [IDP_TITLE_SIGNED_IN] = "Signed in",
    [IDP_TITLE_NOT_SIGNED_IN] = "Not signed in",
    [IDP_TITLE_SIGNED_OUT] = "Signed out",
    [IDP_TITLE_NOT_FOUND] = "Not found",
    [IDP_TITLE_NOT_DONE] = "Not done",
    [IDP_SAY_SIGNED_IN_AS] = "Signed in as {}.",
    [IDP_SAY_CODE_HINT] = "Dashes, spaces, and small or capital letters make no difference.",
    [IDP_SAY_WANTS] = "{} wants to act for you.",
    [IDP_SAY_SCOPES] = "It may then:",
    [IDP_SAY_COMPARE] = "Allow it only if a device in front of you shows this code.",
    [IDP_SAY_FROM_LINK] = "You came here by a link, which anybody could have sent you. Look at the "
                          "device: does it show this code?",
    [IDP_SAY_JUST_NOW] = "just now",
    [IDP_SAY_SECONDS_AGO] = "{} seconds ago",
    [IDP_SAY_MINUTES_AGO] = "{} minutes ago",
    [IDP_SAY_YOURS] = "yours is {}",
    [IDP_SAY_APPROVED] = "The device is connected. You can go back to it.",
    [IDP_SAY_APPROVED_CLIENT] = "{} is connected. You can go back to the device.",
    [IDP_SAY_DENIED] = "The device was not let in. You can close this page.",
    [IDP_SAY_EXPIRED] = "A code lives for a few minutes. Start again on the device: it will show a "
                        "new one.",
    [IDP_SAY_TOO_MANY] = "There were too many wrong codes. Wait {} min, then enter the code that "
                         "the device shows by then.",
    [IDP_SAY_DECIDED] = "Somebody has allowed or denied this request before, and that is final. If "
                        "it was not you, start again on the device.",
    [IDP_SAY_ADMINISTRATIVE] = "This device asks to administer the service. Who runs it approves "
                               "that, not this page.",
    [IDP_SAY_LOCKED] = "Nothing can be done with it here. Ask who runs this service to unlock it.",
    [IDP_SAY_UNAUTHORIZED] = "What runs on it is switched off here, or may not ask in this way. "
                             "Ask who runs this service.",
    [IDP_SAY_NO_DEVICES] = "No device and no program acts for you.",
    [IDP_SAY_REMOVE] = "{} can then do nothing for you any more, until you allow it anew.",
    [IDP_SAY_NO_CONNECTION] = "There is no way to sign in yet: an administrator has to set a "
                              "connection that is visible on this page.",
    [IDP_SAY_PROXY_LOGIN] = "You sign in before you come here, and nobody has said who you are. "
                            "Open the address that you were given for this service.",
    [IDP_SAY_REFUSED] = "Access was denied. Somebody who administers this service can see why in "
                        "its audit.",
    [IDP_SAY_REASON] = "Reason: {}",
    [IDP_SAY_SIGNED_OUT] = "You are signed out here.",
    [IDP_SAY_LEAVING] = "Where you signed in you are signed out next.",
    [IDP_LABEL_USER_CODE] = "Code that the device shows",
    [IDP_LABEL_CONFIRMED] = "Yes, the device in front of me shows this code",
    [IDP_LABEL_CODE] = "Code",
    [IDP_LABEL_DEVICE] = "Device",
    [IDP_LABEL_ADDRESS] = "Address",
    [IDP_LABEL_PROGRAM] = "Program",
    [IDP_LABEL_ASKED] = "Asked",
    [IDP_LABEL_NAME] = "Your name for it",
    [IDP_LABEL_SCOPE] = "May",
    [IDP_LABEL_SINCE] = "Since",
    [IDP_LABEL_USED] = "Last used",
    [IDP_BUTTON_CONTINUE] = "Continue",
    [IDP_BUTTON_ALLOW] = "Allow",
    [IDP_BUTTON_DENY] = "Deny",
    [IDP_BUTTON_CONNECT] = "Connect a device",
    [IDP_BUTTON_CONNECT_ANOTHER] = "Connect another device",
    [IDP_BUTTON_ANOTHER_CODE] = "Enter another code",
    [IDP_BUTTON_DEVICES] = "My devices",
    [IDP_BUTTON_RENAME] = "Rename",
    [IDP_BUTTON_REMOVE] = "Remove",
    [IDP_BUTTON_KEEP] = "Keep",
    [IDP_BUTTON_SIGN_IN] = "Sign in",
    [IDP_BUTTON_SIGN_IN_AGAIN] = "Sign in again",
    [IDP_BUTTON_SIGN_OUT] = "Sign out",
    [IDP_BUTTON_SIGN_OUT_THERE] = "Sign out there",
};

const struct idp_language idp_language_en = {"en", strings, NULL};
