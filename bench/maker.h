/* SPDX-License-Identifier: Apache-2.0 */
/* maker.h - a maker of devices: its root, a certificate of a device that it made, and what OpenSSL
 * by itself takes to follow one to the other. P-256. */
#ifndef IDPLANE_BENCH_MAKER_H
#define IDPLANE_BENCH_MAKER_H

enum { CERTIFICATE_TEXT_SIZE_MAX = 2048 };

struct maker {
    char root[CERTIFICATE_TEXT_SIZE_MAX], device[CERTIFICATE_TEXT_SIZE_MAX]; /* PEM */
};

void maker_open(struct maker *maker);

/* A step: both are read and the path is verified, as who knows X509_verify_cert() does it; context
 * is a struct maker. */
void maker_verify(void *context);

#endif
