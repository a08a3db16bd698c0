# SPDX-License-Identifier: Apache-2.0
# vectors.jq: a file of vectors as cases (common.jq). Input: the file as one string. $class names it,
# $engine is SQLite or PostgreSQL. What a class demands is what regress/unit/test_vectors_jwt.c does.
include "common";

def lines: split("\n")[] | select(length > 0);

def is_no_text($bytes): $engine == "PostgreSQL" and ($bytes | is_text | not);

# ---- own ----

# Exactly these claims come out. Their JSON is taken from the line as it stands: jq would round.
def claims_call($raw; $verify; $valid):
    ($raw | capture("\"check_claims\": ?(?<text>\\{[^}]*\\})").text) as $text
    | ($text | fromjson | keys | map(quoted)
       | map("canonical_json(\($verify) -> 'claims' -> \(.)) = canonical_json(\($text | quoted)"
             + "\(if $engine == "SQLite" then "" else "::jsonb" end) -> \(.))")
       | join(" AND ")) as $equal
    # A NUL is no value of jsonb: such a token is refused, or the claims are wrong.
    | "CASE WHEN \($valid) THEN "
      + (if $text | contains("\\u0000") then "'no'"
         else "CASE WHEN \($equal) THEN 'exact' ELSE 'no' END" end)
      + " ELSE 'refused' END";

def attack:
    . as $raw | fromjson
    | (.token_b64 // "" | bytes_of_base64) as $bytes
    | (if .token then .token | quoted else $bytes | sql_text($engine) end) as $token
    | "\($token), \(.jwks | tojson | quoted), \(.policy | tojson | quoted)" as $arguments
    | "jwt_valid(\($arguments))" as $valid
    | "jwt_verify(\($arguments))" as $verify
    | (.check_claims != null) as $has_claims
    | ("true true" + if $has_claims then " exact" else "" end) as $accepted
    | ("false false" + if $has_claims then " refused" else "" end) as $refused
    | { id, listed: (if .expect == "valid" then $accepted else $refused end),
        call: ("canonical_json(\($verify) -> 'valid') || ' ' || \($valid | sql_verdict)"
               + if $has_claims then " || ' ' || " + claims_call($raw; $verify; $valid) else "" end),
        expect: (if .token == null and is_no_text($bytes) and .expect == "invalid" then ["no text"]
                 elif .either_ok then [$accepted, $refused]
                 elif .expect == "valid" then [$accepted]
                 elif .expect == "invalid" then [$refused]
                 else error(.id) end) };

def known_answer:
    fromjson
    | (.payload_b64u | bytes_of_base64) as $payload
    | { id, raises: "invalid_argument", by_rule: ($payload | is_text | not),
        expect: [if $payload | is_text then .token
                 elif $engine == "SQLite" then "false" else "no text" end],
        call: ("jws_sign(\($payload | sql_text($engine)), \(.jwk_private | tojson | quoted), "
               + "\(.protected_b64u | bytes_of_base64 | implode | quoted))") };

# ---- Wycheproof ----

# Cases where we differ knowingly, always. In web_key 1: a set may hold symmetric and asymmetric keys,
# each pinned by its alg; 7: a ROCA key looks like any other to all but a fingerprint test of its own.
# In web_signature 347, 351: the key's alg is "ES521", which RFC 7518 does not have; 367: the very
# token of 357, which is valid; 372, 373: a '?' within a segment, which RFC 7515 §2 refuses.
def disputed:
    { json_web_key: [1, 7], json_web_signature: [347, 351, 367, 372, 373] }[$class | sub(".*/"; "")];

def web_token:
    fromjson.testGroups[]
    | (.public // .private | tojson | quoted) as $keys
    | .tests[]
    | .tcId as $id
    | (disputed | index([$id]) != null) as $disputed
    | { id: "\($id)", disputed: $disputed,
        call: jws_valid(.jws | if type == "string" then . else tojson end | quoted; $keys),
        expect: [(.result == "valid") != $disputed | verdict] };

def algorithm:
    { ecdsa_secp256r1_sha256_p1363: "ES256", ecdsa_secp384r1_sha384_p1363: "ES384",
      ecdsa_secp521r1_sha512_p1363: "ES512", ed25519: "EdDSA", ed448: "EdDSA",
      hmac_sha256: "HS256", hmac_sha384: "HS384", hmac_sha512: "HS512",
      rsa_signature_2048_sha256: "RS256", rsa_signature_3072_sha384: "RS384",
      rsa_signature_4096_sha512: "RS512", rsa_pss_2048_sha256_mgf1_0: "PS256",
      rsa_pss_2048_sha256_mgf1_32: "PS256", rsa_pss_4096_sha384_mgf1_48: "PS384",
      rsa_pss_4096_sha512_mgf1_64: "PS512" }[$class | sub(".*/"; "")];

# What the file calls valid and JWS must refuse: a truncated tag, a key or a salt of another size
# than the hash.
def is_outside_jwa($group; $algorithm):
    ($algorithm[2:] | tonumber? // 0) as $bits
    | if $group.tagSize then $group.tagSize != $bits or (.key | length) * 4 < $bits
      elif $group.sLen then $group.sLen * 8 != $bits
      else false end;

# Every form in which the group has its key.
def key_forms($group):
    if .key then
        (.key | bytes_of_hex | base64url_of_bytes) as $k
        | { form: "JWK", text: ({ kty: "oct", k: $k } | tojson) }
    else
        ($group.publicKeyJwk // $group.keyJwk // empty | { form: "JWK", text: tojson }),
        ($group.publicKeyPem | { form: "PEM", text: . })
    end;

def primitive:
    algorithm as $algorithm
    | fromjson.testGroups[]
    | . as $group
    | .tests[]
    | . as $test
    | is_outside_jwa($group; $algorithm) as $outside
    # Among the signatures without a salt one has a salt of 32 bytes.
    | (if $group.sLen and $outside then .comment == "s_len changed to 32"
       else .result == "valid" and ($outside | not) end) as $valid
    | key_forms($group)
    | { id: "\($test.tcId) \(.form)", by_rule: ($outside and $test.result == "valid"),
        call: ("signature_valid(\($test.msg | sql_bytes($engine)), "
               + "\($test.sig // $test.tag | sql_bytes($engine)), \(.text | quoted), '\($algorithm)')"
               | sql_verdict),
        expect: [$valid | verdict] };

# ---- examples ----

def cookbook_signed: # where the signature is deterministic, it is ours too
    select(.content.reproducible and (.content.output.compact | type) == "string")
    | select(.path | test("^jws/4_[14]|^curve25519/jws"))
    | { id: "\(.path) signed", expect: [.content.output.compact],
        call: ("jws_sign(\(.content.input.payload | quoted), \(.content.input.key | tojson | quoted), "
               + "\(.content.signing.protected | tojson | quoted))") };

def cookbook_detached: # RFC 7797 4.2 has b64 without crit, which its section 6 forbids
    select(.path | test("detached|^rfc7797"))
    | .content.output.json_flat as $flat
    | (.content.input.key | tojson | quoted) as $key
    | { id: "\(.path) detached", expect: [.path | contains("4.2") | not | verdict],
        call: ("canonical_json(jws_verify_detached('\($flat.protected)..\($flat.signature)', "
               + "\(.content.input.payload | quoted), \($key)) -> 'valid')") };

def cookbook:
    fromjson[]
    | select(.content.input.key)
    | cookbook_signed, cookbook_detached,
      (.path as $path
       | (.content.input.key | tojson | quoted) as $key
       | .content.output | to_entries[]
       | { id: "\($path) \(.key)",
           # Only a compact JWS with its payload within is a token.
           expect: [.key == "compact" and ($path | test("^jws/|^curve25519/jws"))
                    and ($path | contains("detached") | not) | verdict],
           call: jws_valid(.value | if type == "string" then . else tojson end | quoted; $key) });

def rfc_examples:
    fromjson
    | (.tokens[] | { id, call: jws_valid(.token | quoted; .jwk | tojson | quoted), expect: ["true"] }),
      (.thumbprints | to_entries[]
       | { id: "thumbprint \(.key)", call: "jwk_thumbprint(\(.value.jwk | tojson | quoted))",
           expect: [.value.thumbprint_sha256] });

def edge: # `either` depends on the cofactor, where OpenSSL takes the strict side
    fromjson
    | (.key // .pub_key | bytes_of_hex | base64url_of_bytes) as $x
    | (if .key then .msg | explode | hex_of_bytes else .message end) as $message
    | { id: "\(.number)", expect: [.strict == "accept" and .openssl_3_0 == "accept" | verdict],
        call: ("signature_valid(\($message | sql_bytes($engine)), "
               + "\(.sig // .signature | sql_bytes($engine)), "
               + "\({ kty: "OKP", crv: "Ed25519", x: $x } | tojson | quoted), 'EdDSA')" | sql_verdict) };

# ---- JSON ----

# Cases that the suite accepts and the strict reader refuses by contract.
def stricter:
    ["y_object_duplicated_key", "y_object_duplicated_key_and_value", "y_object_escaped_null_in_key",
     "y_string_null_escape"];

# In PostgreSQL as a claim, since an argument of type jsonb would be read by PostgreSQL itself.
def json_call:
    if $engine == "SQLite" then
        "CASE WHEN canonical_json(\(sql_text($engine))) IS NOT NULL THEN 'true' END"
    else
        "'{\"kty\":\"oct\",\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}'" as $key
        | "canonical_json(jwt_verify(jws_sign('{\"x\":' || \(sql_text($engine)) || '}', \($key)), "
          + "\($key)) -> 'valid')"
    end;

def json_case:
    fromjson
    | .id as $id
    | (stricter | index([$id]) != null) as $stricter
    | (.content_b64 | bytes_of_base64) as $content
    | { id, by_rule: $stricter, call: ($content | json_call), raises: "invalid_json",
        expect: (if is_no_text($content) and .expect != "accept" then ["no text"]
                 elif .expect == "accept" then [$stricter | not | verdict]
                 elif .expect == "reject" then ["false"]
                 else ["true", "false"] end) };

if $class == "own/jwt_attacks" then lines | attack
elif $class == "own/sign_known_answers" then lines | known_answer
elif $class | test("json_web") then web_token
elif $class | startswith("wycheproof/") then primitive
elif $class == "jose-cookbook/cookbook" then cookbook
elif $class == "rfc-examples/rfc-examples" then rfc_examples
elif $class | startswith("ed25519-edge/") then lines | edge
elif $class == "jsontestsuite/parsing" then lines | json_case
else error($class) end
| .class = $class
