#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# issuer.sh FOLDER: `openssl x509 -req`, a process for each certificate, as issuer.c talks to it. Its
# authority is made in the folder.
set -eu
cd "$1"

openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem \
    -days 3650 -subj /CN=Authority 2>/dev/null
cat >extensions <<'END'
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyAgreement
extendedKeyUsage=clientAuth,serverAuth,1.3.6.1.4.1.44924.1.6
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
END

issue() {
    openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -days 3650 -extfile extensions \
        -out certificate.pem 2>/dev/null
}

read -r text
{ echo '-----BEGIN CERTIFICATE REQUEST-----'; fold -w 64 <<<"$text"
  echo '-----END CERTIFICATE REQUEST-----'; } >request.pem
issue
echo ok
while read -r count; do
    for ((; count > 0; count--)); do issue; done
    echo ok
done
