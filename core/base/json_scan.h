/* SPDX-License-Identifier: Apache-2.0 */
/* json_scan.h - the words of JSON, between json_scan.c and json_read.c. Each function takes the
 * place where it begins and gives the place behind what it took; NULL, and `why`, for what it
 * refuses. */
#ifndef IDPLANE_BASE_JSON_SCAN_H
#define IDPLANE_BASE_JSON_SCAN_H

#include "core/base/base.h"

/* A document that is being read. */
struct idp_json_scan {
    struct idp_call *call;
    const char *end;
    const char *why;
};

const char *idp_json_refuse(struct idp_json_scan *scan, const char *why);
/* Refuses the byte that is at this place, or the end. */
const char *idp_json_refuse_at(struct idp_json_scan *scan, const char *at);

static inline const char *idp_json_space_skip(const struct idp_json_scan *scan, const char *at)
{
    while (at < scan->end && (unsigned char)*at <= ' ' &&
           (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
    }
    return at;
}

/* A string, from behind its quote; its text is a slice of the document where it has no escapes. */
const char *idp_json_string_scan(struct idp_json_scan *scan, const char *at, struct idp_bytes *out);
/* A number, as its text. */
const char *idp_json_number_scan(struct idp_json_scan *scan, const char *at, struct idp_bytes *out);
const char *idp_json_word_scan(struct idp_json_scan *scan, const char *at, const char *word);

#endif
