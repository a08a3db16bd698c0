# SPDX-License-Identifier: Apache-2.0
# trips.jq: the steps of the round trips (trips), each as cases (common.jq) for $engine. Input: what
# the steps before gave.
include "common";

def algorithms:
    ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
     "ES256", "ES384", "ES512", "EdDSA"];

def claims: "{\"aud\":\"api\",\"n\":9007199254740991,\"sub\":\"Zoë 😀\"}"; # as canonical_json writes it
def payload: "any payload, Zoë";

# ---- keys made here ----

def generate: algorithms[] | { id: ., call: "canonical_json(jwk_generate('\(.)', 'here-\(.)'))" };

def exports: # of the keys that generate gave
    .[]
    | (.answer | quoted) as $jwk
    | { alg: .id, id: "\(.id) private", form: "private", call: $jwk },
      (select(.id | startswith("HS") | not)
       | { alg: .id, id: "\(.id) public", form: "public", call: "canonical_json(jwk_public(\($jwk)))" },
         { alg: .id, id: "\(.id) spki", form: "spki",
           call: "replace(jwk_to_pem(jwk_public(\($jwk))), '\n', '#')" },
         { alg: .id, id: "\(.id) pkcs8", form: "pkcs8",
           call: "replace(jwk_to_pem(\($jwk)), '\n', '#')" });

def collected: # of what exports gave: {alg: {form: text}}
    reduce .[] as $one ({}; .[$one.alg][$one.form] = ($one.answer | split("#") | join("\n")));

# ---- forms of a key ----

# Every public form of a partner's key: its own, and those of openssl.
def public_forms($partner):
    .name as $name | .key as $key
    | { form: "JWK", text: (.public | tojson) },
      (select(.public.kid)
       | { form: "JWKS", text: ({ keys: [$partner.keys[] | .public] } | tojson) }),
      (select(.spki) | { form: "SPKI", text: .spki }),
      ($partner.forms[] | select(.key == $key and (.private | not)));

def private_forms($partner):
    .key as $key
    | { form: "JWK", text: (.private | tojson) },
      (select(.pkcs8) | { form: "PKCS#8", private: true, text: .pkcs8 }),
      ($partner.forms[] | select(.key == $key and .private));

# ---- tokens made there ----

def verify_call($text):
    "canonical_json(jwt_verify(\(.token | quoted), \($text | quoted), "
    + "'{\"algs\":[\"\(.alg)\"]}') -> 'claims')";

def altered: (.token | split(".")) as $parts | "\($parts[0]).eyJzdWIiOiJldmUifQ.\($parts[2])";

def bare: # the signature alone, of the token's input
    (.token | split(".")) as $parts
    | ("\($parts[0]).\($parts[1])" | explode), ($parts[2] | bytes_of_base64) | hex_of_bytes;

def class_there($partner): # what partner.mjs makes without jose has its maker's name
    (if $partner == "jose" and .name == "Ed448" then "node:crypto" else $partner end) as $maker
    | "\($maker): \(.name) made there";

def verify_with($key): # a token of a key of theirs, with one form of that key
    { id: "with \($key.form)", expect: [claims], call: verify_call($key.text) },
    { id: "altered, with \($key.form)", expect: ["false"],
      call: jws_valid(altered | quoted; $key.text | quoted) },
    # Without a header that names a key, one key of the set has to fit: two are for EdDSA.
    { id: "bare, with \($key.form)", expect: [$key.form != "JWKS" or .alg != "EdDSA" | verdict],
      call: ([bare | sql_bytes($engine)] + [$key.text, .alg | quoted] | join(", ")
             | "signature_valid(\(.))" | sql_verdict) };

def read_from($key): # the key that was read is theirs: they say its RFC 7638 thumbprint
    select(.thumbprint and ($key.form | startswith("JWK") | not))
    | { id: "thumbprint of \(if $key.private then "private " else "" end)\($key.form)",
        expect: [.thumbprint], call: "jwk_thumbprint(jwk_from_pem(\($key.text | quoted)))" };

def verify_signed_with($here): # a token that they signed with a key from here
    .form as $form
    | ({ form: "its JWK", text: ($here.public // $here.private) },
       ($here.spki // empty | { form: "its SPKI", text: . })) as $key
    | { id: "signed with \($form) from here, with \($key.form)", expect: [claims],
        call: verify_call($key.text) };

def verify: # {keys, partners: {name: {keys, tokens, forms}}}
    .keys[$engine] as $keys
    | .partners | to_entries[]
    | .key as $name | .value as $partner
    | ($partner.keys[]
       | { class: class_there($name) }
         + (verify_with(public_forms($partner)), read_from(public_forms($partner), private_forms($partner)))),
      ($partner.tokens[]
       | select(.engine == $engine)
       | { class: class_there($name) } + verify_signed_with($keys[.name]));

# ---- tokens made here ----

def sign_calls($alg): # of a key: its text
    ("'{\"alg\":\"\($alg)\"}'" as $header
     | { kind: "jwt", payload: claims, call: "jwt_sign_with('\(claims)', \(quoted), \($header))" },
       { kind: "jws", payload: payload, call: "jws_sign('\(payload)', \(quoted), \($header))" });

def with_theirs($partner): # each form of a key of theirs signs here
    . as $own
    | private_forms($partner) as $key
    | $key.text | sign_calls($own.alg)
    | . + { form: "\($key.form) from there", keys: [$own.public, $own.spki // empty] };

def with_ours($here): # Ed448 is not made here
    select($here)
    | .alg as $alg
    | ($here.public // $here.private | fromjson) as $public
    | ({ form: "JWK", text: $here.private }, ($here.pkcs8 // empty | { form: "PKCS#8", text: . })) as $key
    | $key.text | sign_calls($alg)
    | . + { form: "\($key.form) from here", keys: [$public, $here.spki // empty] };

def signing: # {keys, partners}
    .keys[$engine] as $keys
    | .partners | to_entries[]
    | .key as $name | .value as $partner
    | $partner.keys[]
    | { partner: $name, engine: $engine, name, alg } + (with_theirs($partner), with_ours($keys[.name]))
    | .id = "\(.partner) \(.name) \(.kind) \(.form)";

if $step == "generate" then generate
elif $step == "exports" then exports
elif $step == "collected" then collected
elif $step == "verify" then verify
elif $step == "sign" then signing
else error($step) end
| if $step != "collected" and .class == null then .class = $step else . end
