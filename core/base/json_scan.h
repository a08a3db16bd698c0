/* SPDX-License-Identifier: Apache-2.0 */
/* json_scan.h - the words of JSON, between json_scan.c and json_read.c. */
#ifndef IDPLANE_BASE_JSON_SCAN_H
#define IDPLANE_BASE_JSON_SCAN_H

#include "core/base/base.h"

/* A document that is being read. After a function gave false, `why` says what was wrong. */
struct idp_json_scan {
    struct idp_call *call;
    const char *at, *end;
    const char *why;
};

bool idp_json_refuse(struct idp_json_scan *scan, const char *why);
/* Refuses the byte that is next, or the end. */
bool idp_json_refuse_here(struct idp_json_scan *scan);

static inline void idp_json_space_skip(struct idp_json_scan *scan)
{
    while (scan->at < scan->end && (unsigned char)*scan->at <= ' ' &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t')) {
        scan->at++;
    }
}

/* Skips white space, and the mark where it is next; mostly it is there at once. */
static inline bool idp_json_mark_is(struct idp_json_scan *scan, char mark)
{
    if (scan->at < scan->end && *scan->at == mark) {
        scan->at++;
        return true;
    }
    idp_json_space_skip(scan);
    bool is = scan->at < scan->end && *scan->at == mark;
    scan->at += is;
    return is;
}

/* Each takes what is next, which must be all of what it says. A string begins behind its quote; its
 * text is a slice of the document where it has no escapes. A number is its text. */
bool idp_json_string_scan(struct idp_json_scan *scan, struct idp_bytes *out) IDP_MUST_CHECK;
bool idp_json_number_scan(struct idp_json_scan *scan, struct idp_bytes *out) IDP_MUST_CHECK;
bool idp_json_word_scan(struct idp_json_scan *scan, const char *word) IDP_MUST_CHECK;

#endif
