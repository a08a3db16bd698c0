/* SPDX-License-Identifier: Apache-2.0 */
/* secret_name.c - names that secrets have, and values that are none since we fill them. One name
 * too many is masked without need; one too few is in every dump. */
#include <strings.h>

#include "core/sso/secret.h"

enum { NAME_SIZE_MAX = 64 };

/* Letters in lower case and digits, but none at the end: Client-Secret_2 is clientsecret. Of a name
 * that is too long its end counts. */
static struct idp_bytes plain_name(struct idp_bytes name, char *room)
{
    size_t size = 0;
    for (size_t i = name.size > NAME_SIZE_MAX ? name.size - NAME_SIZE_MAX : 0; i < name.size; i++) {
        char c = name.data[i], letter = (char)(c | 32);
        if (letter >= 'a' && letter <= 'z') {
            room[size++] = letter;
        } else if (c >= '0' && c <= '9') {
            room[size++] = c;
        }
    }
    while (size > 0 && room[size - 1] <= '9') {
        size--;
    }
    return (struct idp_bytes){room, size};
}

static bool is_secret(struct idp_bytes name)
{
    static const char exact[] =
        "authorization proxyauthorization cookie bearer sharedaccess passwd "
        "pwd pass sig jwt";
    static const char *const ends[] = {"secret",    "password",  "token",     "key",
                                       "assertion", "signature", "passphrase"};
    char room[NAME_SIZE_MAX];
    struct idp_bytes plain = plain_name(name, room);
    for (size_t i = 0; i < IDP_COUNT(ends); i++) {
        if (idp_bytes_end(plain, idp_bytes_of(ends[i]))) {
            return true;
        }
    }
    return idp_word_in(idp_bytes_of(exact), plain);
}

/* Forms have names like auth[password] and secret[]; before a name may be an address, as a value.
 */
bool idp_secret_name(struct idp_bytes name)
{
    size_t from = 0;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool is_part = c == '[' || c == ']';
        if (is_part && is_secret(idp_secret_part(name, from, i))) {
            return true;
        }
        from = is_part || c == '/' || c == '?' || c == '#' || c == ';' ? i + 1 : from;
    }
    return is_secret(idp_secret_part(name, from, name.size));
}

static struct idp_bytes without_scheme(struct idp_bytes value)
{
    static const char *const schemes[] = {"Basic ", "Bearer "};
    for (size_t i = 0; i < IDP_COUNT(schemes); i++) {
        size_t size = strlen(schemes[i]);
        if (value.size > size && strncasecmp(value.data, schemes[i], size) == 0) {
            return idp_secret_part(value, size, value.size);
        }
    }
    return value;
}

bool idp_secret_is_filled(struct idp_bytes value)
{
    static const char names[] = "clientId redirectUri code refreshToken id_token idp_hint "
                                "accessToken state nonce codeVerifier";
    value = without_scheme(value);
    return idp_bytes_start(value, idp_bytes_of("${")) && value.data[value.size - 1] == '}' &&
           idp_word_in(idp_bytes_of(names), idp_secret_part(value, 2, value.size - 1));
}
