/* SPDX-License-Identifier: Apache-2.0 */
/* claims.h - the token that every engine is measured with: its claims, and what is asked of it. */
#ifndef IDPLANE_BENCH_CLAIMS_H
#define IDPLANE_BENCH_CLAIMS_H

enum { POLICY_SIZE_MAX = 256 };

/* A JSON object of 382 bytes: what an access token with a few claims of its own carries. */
extern const char bench_claims[];

/* A policy for a token with these claims that leaves no check out. */
void policy_write(char policy[POLICY_SIZE_MAX], const char *algorithm);

#endif
