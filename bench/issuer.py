# SPDX-License-Identifier: Apache-2.0
# issuer.py: python3-cryptography, as issuer.c talks to it. Its authority has a key that is read once;
# a request is read, its proof checked, and a certificate is made that says what the profile identity
# of idplane says, as PEM.
import datetime
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

authority = ec.generate_private_key(ec.SECP256R1())
issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority")])
authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
usage = x509.KeyUsage(digital_signature=True, key_agreement=True, content_commitment=False,
                      key_encipherment=False, data_encipherment=False, key_cert_sign=False,
                      crl_sign=False, encipher_only=False, decipher_only=False)
purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH,
                                  ObjectIdentifier("1.3.6.1.4.1.44924.1.6")])


def issue(pem):
    request = x509.load_pem_x509_csr(pem)
    if not request.is_signature_valid:
        raise ValueError("no proof")
    key = request.public_key()
    now = datetime.datetime.utcnow()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(request.subject).issuer_name(issuer).public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(purposes, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(authority_key, critical=False)
        .sign(authority, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


text = sys.stdin.readline().strip()
pem = f"-----BEGIN CERTIFICATE REQUEST-----\n{text}\n-----END CERTIFICATE REQUEST-----\n".encode()
issue(pem)
print("ok", flush=True)
for line in sys.stdin:
    for _ in range(int(line)):
        issue(pem)
    print("ok", flush=True)
