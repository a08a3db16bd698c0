# SPDX-License-Identifier: Apache-2.0
# common.jq: SQL for one engine, and bytes, which jq does not have. A case is an object: class, id,
# call (an SQL expression that gives a text), expect (the answers that are right: texts, or `no text`
# where PostgreSQL cannot have the bytes as text), raises (the error of ours that means `false`).

def quoted: "'" + (split("'") | join("''")) + "'";

# ---- bytes: arrays of numbers, and hexadecimal digits ----

def hex_of_bytes:
    ("0123456789abcdef" | explode) as $digits
    | map($digits[. / 16 | floor], $digits[. % 16]) | implode;

def bytes_of_hex:
    ascii_downcase | explode | map(if . >= 97 then . - 87 else . - 48 end)
    | [range(0; length; 2) as $i | .[$i] * 16 + .[$i + 1]];

def base64url_of_bytes:
    . as $bytes
    | [range(0; length; 3) as $i
       | $bytes[$i:$i + 3] | length as $size
       | (.[0] * 65536 + (.[1] // 0) * 256 + (.[2] // 0)) as $n
       | [$n / 262144, $n / 4096 % 64, $n / 64 % 64, $n % 64] | map(floor) | .[:$size + 1][]
       | if . < 26 then . + 65 elif . < 52 then . + 71 elif . < 62 then . - 4
         elif . == 62 then 45 else 95 end]
    | implode;

def bytes_of_base64: # of either alphabet
    [explode[]
     | if . >= 97 then . - 71 elif . == 95 then 63 elif . >= 65 then . - 65
       elif . == 61 then empty elif . >= 48 then . + 4 elif . == 47 then 63 else 62 end] as $values
    | [range(0; $values | length; 4) as $i
       | $values[$i:$i + 4] | length as $size
       | (.[0] * 262144 + .[1] * 4096 + (.[2] // 0) * 64 + (.[3] // 0))
       | [. / 65536, . / 256 % 256, . % 256] | map(floor) | .[:$size - 1][]];

# Whether bytes are UTF-8 without a NUL: what jq replaces does not come back.
def is_text:
    . as $bytes | base64url_of_bytes | gsub("-"; "+") | gsub("_"; "/")
    | . + ["", "", "==", "="][length % 4] | @base64d
    | utf8bytelength == ($bytes | length) and (explode | index([0]) == null and index([65533]) == null);

# ---- SQL ----

def sql_bytes($engine): # of hexadecimal digits
    if $engine == "SQLite" then "x'\(.)'" else "'\\x\(.)'::bytea" end;

def sql_text($engine): # of bytes that need not be text; PostgreSQL raises where they are none
    hex_of_bytes | sql_bytes($engine)
    | if $engine == "SQLite" then "CAST(\(.) AS TEXT)" else "convert_from(\(.), 'UTF8')" end;

def sql_verdict: "CASE \(.) WHEN true THEN 'true' WHEN false THEN 'false' END"; # of a boolean

def jws_valid($token; $keys): # SQL of all three
    "canonical_json(jws_verify(\($token), \($keys)) -> 'valid')";

def verdict: if . then "true" else "false" end; # what sql_verdict shall give
