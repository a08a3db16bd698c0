/* SPDX-License-Identifier: Apache-2.0 */
/* qr_code.c - a link for the camera of a phone (RFC 8628 §3.3.1), as SVG, which every browser
 * shows and no script draws. The code beside it stays to be shown and compared. */
#include "core/http/http.h"

#include <qrencode.h>

enum { QUIET_ZONE = 4, IS_DARK = 1 };

static void release(void *code)
{
    QRcode_free(code);
}

static void number_add(struct idp_text *svg, const char *before, int number)
{
    idp_text_add_c(svg, before);
    idp_text_add_integer(svg, number);
}

/* One row: a rectangle for each run of dark modules. */
static void row_add(struct idp_text *svg, const QRcode *code, int y)
{
    const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
    for (int x = 0, end; x < code->width; x = end) {
        end = x + 1;
        if ((row[x] & IS_DARK) == 0) {
            continue;
        }
        while (end < code->width && (row[end] & IS_DARK) != 0) {
            end++;
        }
        number_add(svg, "M", x + QUIET_ZONE);
        number_add(svg, " ", y + QUIET_ZONE);
        number_add(svg, "h", end - x);
        number_add(svg, "v1h-", end - x);
        idp_text_add_c(svg, "z");
    }
}

struct idp_bytes idp_qr_svg(struct idp_call *call, struct idp_bytes text)
{
    struct idp_text svg = {.call = call};
    if (text.size == 0 || text.size > IDP_QR_TEXT_SIZE_MAX) {
        return (struct idp_bytes){0};
    }
    QRcode *code =
        QRcode_encodeData((int)text.size, (const unsigned char *)text.data, 0, QR_ECLEVEL_M);
    idp_own(call, code, release);
    int side = code->width + 2 * QUIET_ZONE;
    number_add(&svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", side);
    number_add(&svg, " ", side);
    number_add(&svg, "\" width=\"", 8 * side);
    number_add(&svg, "\" height=\"", 8 * side);
    idp_text_add_c(&svg, "\" role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\">"
                         "<path fill=\"#fff\" d=\"M0 0h");
    number_add(&svg, "", side);
    number_add(&svg, "v", side);
    number_add(&svg, "h-", side);
    idp_text_add_c(&svg, "z\"/><path d=\"");
    for (int y = 0; y < code->width; y++) {
        row_add(&svg, code, y);
    }
    idp_text_add_c(&svg, "\"/></svg>\n");
    return idp_text_bytes(&svg);
}

/* qr_code(text) → SVG */
struct idp_value idp_sql_qr_code(struct idp_call *call, const struct idp_value *arguments)
{
    idp_check_text(call, arguments[0], "text", IDP_QR_TEXT_SIZE_MAX);
    if (arguments[0].bytes.size == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument text must not be empty.");
    }
    return idp_value_text(idp_qr_svg(call, arguments[0].bytes));
}

/* For whoever shows a code, without a word on whether there is one: nothing is looked up. */
struct idp_response idp_answer_device_qr(struct idp_call *call, const struct idp_request *request)
{
    struct idp_bytes typed = idp_json_string(idp_request_query(call, request), "user_code");
    struct idp_bytes url = idp_verification_uri_complete(call, typed);
    struct idp_bytes svg = idp_qr_svg(call, url);
    if (svg.data == NULL) {
        return idp_response_error(call, IDP_INVALID_USER_CODE);
    }
    struct idp_response response = {
        .status = 200, .headers = idp_json_new(call, IDP_JSON_OBJECT), .body = svg};
    idp_json_add_c(call, response.headers, "Content-Type", "image/svg+xml");
    idp_json_add_c(call, response.headers, "Cache-Control", "no-store");
    idp_json_add_c(call, response.headers, "Content-Security-Policy", "default-src 'none'");
    idp_json_add_c(call, response.headers, "Referrer-Policy", "no-referrer");
    idp_json_add_c(call, response.headers, "X-Content-Type-Options", "nosniff");
    return response;
}
