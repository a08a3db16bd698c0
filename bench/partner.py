# SPDX-License-Identifier: Apache-2.0
# partner.py: Debian's python3-jwt (PyJWT), as partner.c talks to it. The key is read once, the checks
# are those of the policy in claims.c; PyJWT has none of typ.
import json
import sys

import jwt

for line in sys.stdin:
    if line.startswith("{"):
        asked = json.loads(line)
        token, algorithms = asked["token"], [asked["alg"]]
        try:
            key = jwt.PyJWK(asked["key"], algorithm=asked["alg"]).key
        except jwt.PyJWTError:
            print("none", flush=True)
            continue
        rules = {
            "algorithms": algorithms, "issuer": "https://id.example.com",
            "audience": "https://api.example.com", "options": {"require": ["exp", "sub"]},
        }
        count = 1
    else:
        count = int(line)
    for _ in range(count):
        jwt.decode(token, key, **rules)
    print("ok", flush=True)
