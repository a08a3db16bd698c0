# SPDX-License-Identifier: Apache-2.0
# partner.py: the other end of the round trips (trips): Debian's python3-jwcrypto. `make`: keys and
# tokens; `check`: a line of TAP for each algorithm.
import json
import sys

from jwcrypto import jwk, jws

CLAIMS = {"aud": "api", "n": 9007199254740991, "sub": "Zoë 😀"}
SECRETS = {"HS256": 256, "HS384": 384, "HS512": 512}
RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
CURVES = {
    "ES256": ("EC", "P-256"), "ES384": ("EC", "P-384"), "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"), "Ed448": ("OKP", "Ed448"),
}


def sign(key, alg):
    token = jws.JWS(json.dumps(CLAIMS))
    token.add_signature(key, alg, json.dumps({"alg": alg}))
    return token.serialize(compact=True)


def secret(alg, size):
    key = jwk.JWK.generate(kty="oct", size=size)
    exported = json.loads(key.export())
    return {
        "name": alg, "alg": alg, "private": exported, "public": exported, "token": sign(key, alg),
    }


def pair(name, key, key_name):
    alg = "EdDSA" if name == "Ed448" else name
    return {
        "name": name, "alg": alg, "key": key_name, "token": sign(key, alg),
        "private": json.loads(key.export_private()), "public": json.loads(key.export_public()),
        "pkcs8": key.export_to_pem(private_key=True, password=None).decode(),
        "spki": key.export_to_pem().decode(),
        "thumbprint": key.thumbprint(),
    }


def tokens_with(engine, alg, forms):
    yield "JWK", jwk.JWK.from_json(forms["private"])
    if "pkcs8" in forms:
        yield "PKCS#8", jwk.JWK.from_pem(forms["pkcs8"].encode())


def make(made_here):
    rsa = jwk.JWK.generate(kty="RSA", size=2048)
    keys = [secret(alg, size) for alg, size in SECRETS.items()]
    keys += [pair(alg, rsa, "RSA") for alg in RSA]
    for name, (kty, crv) in CURVES.items():
        keys.append(pair(name, jwk.JWK.generate(kty=kty, crv=crv), crv))
    tokens = [
        {"engine": engine, "name": alg, "alg": alg, "form": form, "token": sign(key, alg)}
        for engine, made in made_here.items()
        for alg, forms in made.items()
        for form, key in tokens_with(engine, alg, forms)
    ]
    print(json.dumps({"keys": keys, "tokens": tokens}))


def check(case):
    for key in case["keys"]:
        read = jwk.JWK.from_pem(key.encode()) if isinstance(key, str) else jwk.JWK(**key)
        token = jws.JWS()
        token.deserialize(case["answer"])
        token.verify(read, case["alg"])
        seen, expected = token.payload.decode(), case["payload"]
        if case["kind"] == "jwt":  # jsonb has an order of its own
            seen, expected = json.loads(seen), json.loads(expected)
        if seen != expected:
            raise ValueError(f"another payload: {seen}")
        if token.jose_header["alg"] != case["alg"]:
            raise ValueError("another alg: " + token.jose_header["alg"])
    return len(case["keys"])


def check_all(name, cases):
    count, wrong = 0, []
    for case in cases:
        try:
            count += check(case)
        except Exception as error:  # whatever it is, it names itself
            wrong.append(f"#   {case['kind']} by {case['form']}: {error!r}; {str(case['answer'])[:100]}")
    word = "ok" if count and not wrong else "not ok"
    print(f"{word} - jwcrypto: {name} made here in {cases[0]['engine']}: {count} checks")
    print("\n".join(wrong), end="\n" if wrong else "")


given = json.load(sys.stdin)
if sys.argv[1] == "make":
    make(given)
else:
    for name in dict.fromkeys(case["name"] for case in given):
        check_all(name, [case for case in given if case["name"] == name])
