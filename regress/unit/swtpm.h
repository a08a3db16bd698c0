/* SPDX-License-Identifier: Apache-2.0 */
/* swtpm.h - what a TPM (swtpm, by tpm2-tools) made, in base64: endorsement, attestation and
 * identity keys, and what the attestation key said with the nonces aabbcc, 0102030405 and 00ff55aa.
 */
#ifndef IDPLANE_SWTPM_H
#define IDPLANE_SWTPM_H

#define SWTPM_EK_RSA                                                                               \
    "AToAAQALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAgAAAAAAAEAulqRLb"       \
    "g/dOz2HG3YXuUT0HE4y1qVOiKg8Vsoc4X3ENc3Uoqs/d/EhR8kvc5cJ9wnMjNImk5qyxBKLMN0WIXmfIe7xFU7"       \
    "23hFMFNZb2ZTV+OUbL2tXJUtqOOQqKsExLCudItfJ8mERlrvUYCff5AgONCGiFkpHD/0dXxp5KOQP1J6SxLK7p"       \
    "QJ/WI85uzMswyN6aj7AOuRlbp08JErxSXsrpripEglg8EItOBbkGcGsab962jDokPEayYGQv4mbynCFoI1lu7U"       \
    "60z4x4xLvVZDC66JZ7BRg5dJTrWo+xA8Buhnw0kbHR5eEji3RgYgM8oQZKd5M9cw1hGwic+pUxxeKw=="
#define SWTPM_EK_EC                                                                                \
    "AHoAIwALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAADABAAIMGzPAT/VK"       \
    "mHrl+UIdkG1oTAHnbodCIDm0tXu5utI6yyACCvouhy64uI5GQQQooAS3UqtIS+ntPWIgg5VrDI2fPvVg=="
#define SWTPM_AK                                                                                   \
    "AFgAIwALAAUAcgAAABAAGAALAAMAEAAgPpDtgT7rHHiajy9v2T7Lm8c1Ku1DWRKoEdnEybl/9RUAIMWO2zq5tV"       \
    "lorv6RsQZo+sPmL+D5d+WLteaMqaHcNNsW"
#define SWTPM_IDENTITY                                                                             \
    "AFYAIwALAAQAcgAAABAAEAADABAAIL5WEHRZv5mOYbRBof2uhMKwhrYSSEnWKKS+b0ycs912ACBlz2sN82m325"       \
    "uKXMS2te6gCeAycKpV2zQUPSoVQeMYzg=="
#define SWTPM_CREATION                                                                             \
    "/1RDR4AaACIACzZzltK/cjyQDP8J1QjaSy+rX8VcDK3qlB8RxNf2f1VuAAOqu8wAAAAAAAAEVAAAAAEAAAAAAS"       \
    "AZECMAFjY2ACIAC4P1nyceF9+ZgKc39eMzA8NH0C17O8vkGulDQhiqRFpHACDbLPwxWrGGG/xVUNpcvGd32HDk"       \
    "u/LS00LaZSnK15ilcw=="
#define SWTPM_CREATION_SIGNATURE                                                                   \
    "ABgACwAg+hR+s0n94Qw1xschrJ8E9dayZukConK4pRmbvzocva0AINe82pWeG/reYbJfTmqbIllZUpMBU7G0o4"       \
    "H1y7WVz0H7"
#define SWTPM_QUOTE                                                                                \
    "/1RDR4AYACIACzZzltK/cjyQDP8J1QjaSy+rX8VcDK3qlB8RxNf2f1VuAAUBAgMEBQAAAAAAAARhAAAAAQAAAA"       \
    "ABIBkQIwAWNjYAAAABAAsDgQCAACAuqauRmNFjgAdADNLDvvHMdFuGS3YBGg4bxSGArGRS1A=="
#define SWTPM_QUOTE_SIGNATURE                                                                      \
    "ABgACwAg3e4lEfTv+g3x2bICFlCw9MQunGqq9iMnc4tkQqN1BAQAINnhkxpOfto0BRexJa8bu8qmBesl8T2WRY"       \
    "zjCHYLbzUS"
#define SWTPM_CERTIFY                                                                              \
    "/1RDR4AXACIACzZzltK/cjyQDP8J1QjaSy+rX8VcDK3qlB8RxNf2f1VuAAQA/1WqAAAAAAAABHUAAAABAAAAAA"       \
    "EgGRAjABY2NgAiAAuD9Z8nHhffmYCnN/XjMwPDR9AtezvL5BrpQ0IYqkRaRwAiAAvLWwWBtEvUI9ZtmjkleLep"       \
    "A4Fyq1QW0dmz9urDnCfXyg=="
#define SWTPM_CERTIFY_SIGNATURE                                                                    \
    "ABgACwAgWmeFQawFbAORTwB3M18kjbdwn6pfGBWD9KuC8Vlexh4AIKlZT5JB1idMNXvRg5mc9bRW9BlxyFhvsL"       \
    "uaFVpSDRcf"
#define SWTPM_AK_NAME "000b4d4b75b030331d57c720b6509b681b7a203c2f1a9b146be1267ba48b518af04d"

#endif
