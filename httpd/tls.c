/* SPDX-License-Identifier: Apache-2.0 */
/* tls.c - TLS, by libmicrohttpd and GnuTLS. A client is asked for a certificate and need have none.
 * Any is taken here, since the core judges whose it is: the handshake proves that the client has
 * its key, and that alone. The core is told where no authority of --tls-client-ca vouches for it.
 * There are no sessions to resume, so that each connection proves it. */
#include "httpd/httpd.h"

#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEAF_HEADER "Client-Cert"
#define CHAIN_HEADER "Client-Cert-Chain"

/* Who gets our key one day cannot read what was said before: no exchange of keys by RSA. */
#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE"

enum { FILE_SIZE_MAX = 1 << 20 };

/* ---- files ---- */

static char *file_read(const char *name, const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status))
        err(1, "%s: cannot read %s", name, path);
    if (!S_ISREG(status.st_mode) || status.st_size == 0 || status.st_size > FILE_SIZE_MAX)
        errx(1, "%s: %s is no file of 1 byte to 1 MiB", name, path);
    char *text = obtained(calloc(1, (size_t)status.st_size + 1));
    if (read(fd, text, (size_t)status.st_size) != status.st_size)
        errx(1, "%s: cannot read all of %s", name, path);
    close(fd);
    return text;
}

static gnutls_datum_t datum_of(char *text)
{
    return (gnutls_datum_t){(unsigned char *)text, (unsigned)strlen(text)};
}

/* The server would not say what is wrong. */
static void files_check(char *certificate, char *key, char *authorities)
{
    gnutls_certificate_credentials_t all;
    gnutls_datum_t parts[] = {datum_of(certificate), datum_of(key)};
    int code = gnutls_certificate_allocate_credentials(&all);
    if (code == 0)
        code = gnutls_certificate_set_x509_key_mem(all, &parts[0], &parts[1], GNUTLS_X509_FMT_PEM);
    if (code < 0)
        errx(1, "cannot use --tls-certificate %s with --tls-key %s: %s", option[TLS_CERTIFICATE],
             option[TLS_KEY], gnutls_strerror(code));
    if (authorities) {
        gnutls_datum_t named = datum_of(authorities);
        if (gnutls_certificate_set_x509_trust_mem(all, &named, GNUTLS_X509_FMT_PEM) <= 0)
            errx(1, "--tls-client-ca: %s has no certificate in PEM", option[TLS_CLIENT_CA]);
    }
    gnutls_certificate_free_credentials(all);
}

/* What only TLS makes sense of is not passed over in silence. */
static void without_tls(void)
{
    if (option[TLS_CERTIFICATE] || option[TLS_KEY] || option[TLS_CLIENT_CA])
        errx(1, "--tls-certificate, --tls-key and --tls-client-ca go with --tls");
}

static void with_tls(void)
{
    if (!option[TLS_CERTIFICATE] || !option[TLS_KEY])
        errx(1, "--tls needs --tls-certificate FILE and --tls-key FILE");
    if (header_is_handed_on(LEAF_HEADER) || header_is_handed_on(CHAIN_HEADER))
        errx(1, "--tls sets " LEAF_HEADER " and " CHAIN_HEADER
                " itself: leave them out of --trust-header");
    if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
        errx(1, "--tls: libmicrohttpd was built without TLS");
}

const struct MHD_OptionItem *tls_options(void)
{
    static struct MHD_OptionItem items[5] = {{MHD_OPTION_END, 0, NULL}};
    if (!option[TLS]) {
        without_tls();
        return items;
    }
    with_tls();
    char *certificate = file_read("--tls-certificate", option[TLS_CERTIFICATE]);
    char *key = file_read("--tls-key", option[TLS_KEY]);
    char *authorities =
        option[TLS_CLIENT_CA] ? file_read("--tls-client-ca", option[TLS_CLIENT_CA]) : NULL;
    files_check(certificate, key, authorities);
    items[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, certificate};
    items[1] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, key};
    items[2] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, (char *)PRIORITIES};
    items[3] = (struct MHD_OptionItem){authorities ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0,
                                       authorities};
    return items;
}

/* ---- connections ---- */

static gnutls_session_t session_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
}

void tls_begin(struct MHD_Connection *connection)
{
    gnutls_session_t session = session_of(connection);
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
    gnutls_handshake_set_max_packet_length(session, HANDSHAKE_SIZE_MAX);
}

/* Base64 between colons. */
static char *bytes_add(char *end, const gnutls_datum_t *bytes)
{
    *end++ = ':';
    end += EVP_EncodeBlock((unsigned char *)end, bytes->data, (int)bytes->size);
    return stpcpy(end, ":");
}

static bool is_verified(gnutls_session_t session)
{
    gnutls_typed_vdata_st purpose = {GNUTLS_DT_KEY_PURPOSE_OID,
                                     (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT, 0};
    unsigned status = ~0U;
    return option[TLS_CLIENT_CA] &&
           gnutls_certificate_verify_peers(session, &purpose, 1, &status) == 0 && status == 0;
}

char *tls_members_add(char *end, struct MHD_Connection *connection)
{
    unsigned count = 0;
    gnutls_session_t session = session_of(connection);
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
    if (!chain || count == 0)
        return end;
    if (!is_verified(session))
        end = stpcpy(end, ",\"" IDP_UNVERIFIED_HEADER "\":\"1\"");
    end = stpcpy(bytes_add(stpcpy(end, ",\"" LEAF_HEADER "\":\""), &chain[0]), "\"");
    for (unsigned i = 1; i < count; i++)
        end = bytes_add(stpcpy(end, i == 1 ? ",\"" CHAIN_HEADER "\":\"" : ", "), &chain[i]);
    return count == 1 ? end : stpcpy(end, "\"");
}
