/* SPDX-License-Identifier: Apache-2.0 */
/* jwk_of.c - the JWK of the key text on standard input, for the seeds of the fuzzer. */
#include "regress/unit/host.h"

int main(void)
{
    static char text[1 << 16];
    struct host host;
    host_start(&host);
    struct idp_value key =
        idp_value_text((struct idp_bytes){text, fread(text, 1, sizeof text, stdin)});
    struct idp_value jwk = host_invoke_named(&host, "jwk_from_pem", &key, 1);
    if (jwk.kind != 0) {
        struct idp_bytes out = idp_json_text(&host.call, jwk.json);
        printf("%.*s\n", (int)out.size, out.data);
    }
    host_end_call(&host);
    return jwk.kind != 0 ? 0 : 1;
}
