/* SPDX-License-Identifier: Apache-2.0 */
/* device_request.c - what people see of a device before they decide: who asks, for what, from
 * where, since when, and the code to compare (RFC 8628 §5.4). */
#include "core/http/http.h"

void idp_page_scopes(struct idp_page *page, struct idp_bytes scope)
{
    struct idp_bytes word = idp_word_next(&scope);
    if (word.size == 0) {
        return;
    }
    idp_page_add(page, "<p>", IDP_SAY_SCOPES, "</p><ul>");
    for (; word.size > 0; word = idp_word_next(&scope)) {
        idp_page_markup(page, "<li>");
        idp_page_text(page, word);
        idp_page_markup(page, "</li>");
    }
    idp_page_markup(page, "</ul>");
}

/* Where the address of the user is another one, it stands beside that of the device. Where it is
 * the same, nothing is said: behind a proxy everybody has one. */
static void own_address_add(struct idp_page *page, struct idp_bytes address)
{
    struct idp_bytes own = idp_request_header(page->request, IDP_PEER_HEADER);
    if (own.size == 0 || own.size > IDP_SOURCE_SIZE_MAX || idp_bytes_equal(own, address)) {
        return;
    }
    idp_page_markup(page, " (");
    idp_page_fill(page, IDP_SAY_YOURS, NULL, own);
    idp_page_markup(page, ")");
}

static void device_add(struct idp_page *page, const struct idp_json *device)
{
    static const struct {
        const char *member;
        enum idp_string label;
    } rows[] = {
        {"name", IDP_LABEL_DEVICE}, {"ip", IDP_LABEL_ADDRESS}, {"user_agent", IDP_LABEL_PROGRAM}};
    for (size_t i = 0; i < IDP_COUNT(rows); i++) {
        struct idp_bytes value = idp_json_string(device, rows[i].member);
        if (value.size == 0) {
            continue;
        }
        idp_page_add(page, "<dt>", rows[i].label, "</dt><dd>");
        idp_page_text(page, value);
        if (rows[i].label == IDP_LABEL_ADDRESS) {
            own_address_add(page, value);
        }
        idp_page_markup(page, "</dd>");
    }
}

/* A request that is older than what the user is at is somebody else's. */
static void age_add(struct idp_page *page, struct idp_bytes issued_at)
{
    enum { MINUTE_S = 60, MOMENT_S = 10 };
    struct idp_text number = {.call = page->call};
    int64_t issued_us;
    if (!idp_time_read(issued_at, &issued_us)) {
        return;
    }
    int64_t age_s = (idp_now_us(page->call) - issued_us) / IDP_SECOND_US;
    bool is_minutes = age_s >= 2 * MINUTE_S;
    idp_text_add_integer(&number, is_minutes ? age_s / MINUTE_S : age_s);
    idp_page_add(page, "<dt>", IDP_LABEL_ASKED, "</dt><dd>");
    idp_page_fill(page,
                  age_s < MOMENT_S ? IDP_SAY_JUST_NOW
                  : is_minutes     ? IDP_SAY_MINUTES_AGO
                                   : IDP_SAY_SECONDS_AGO,
                  NULL, idp_text_bytes(&number));
    idp_page_markup(page, "</dd>");
}

void idp_page_device_request(struct idp_page *page, const struct idp_json *found)
{
    idp_page_markup(page, "<p>");
    idp_page_fill(page, IDP_SAY_WANTS, "strong", idp_json_string(found, "client_name"));
    idp_page_add(page, "</p><dl><dt>", IDP_LABEL_CODE, "</dt><dd class=\"code\">");
    idp_page_text(page, idp_json_string(found, "user_code"));
    idp_page_markup(page, "</dd>");
    device_add(page, idp_json_member(found, "device"));
    age_add(page, idp_json_string(found, "issued_at"));
    idp_page_markup(page, "</dl>");
    idp_page_scopes(page, idp_json_string(found, "scope"));
}
