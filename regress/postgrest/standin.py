#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""standin.py: does for /rpc/NAME what PostgREST does, and sends the statements that it sends.

  regress/postgrest/standin.py PORT CONFIG [--direct] [--override]

CONFIG is a file for PostgREST, of which db-schemas, db-anon-role and db-pre-request are read; PG*
variables lead to the database, as the authenticator. It follows release 12; --direct passes arguments as release
14 and later do, --override lets `Prefer: tx=rollback` roll back (db-tx-end = commit-allow-override).
"""
import http.server
import json
import re
import subprocess
import sys
import urllib.parse

options = sys.argv[3:]
config = dict(re.findall(r'^([a-z-]+) *= *"([^"]*)"', open(sys.argv[2], encoding="utf-8").read(), re.M))
schema, anonymous = config["db-schemas"], config["db-anon-role"]
FORM, RAW, JSON = "application/x-www-form-urlencoded", "application/octet-stream", "application/json"


def literal(value):
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def name(value):
    return '"' + value.replace('"', '""') + '"'


class Refused(Exception):
    """What PostgREST answers by itself."""

    def __init__(self, status, code, message, headers=()):
        super().__init__(message)
        self.status, self.headers = status, dict(headers)
        self.body = json.dumps({"code": code, "message": message}).encode()


def psql(script):
    return subprocess.run(["psql", "-XqAt", "-F", "\x1f", "-R", "\x1e", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"],
                          input=script.encode(), capture_output=True, check=False)


def routines(function):
    """The schema cache: names of arguments, their types, volatility, type of the result."""
    rows = psql(f"""SELECT coalesce(proargnames, '{{""}}')::text[], ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) t),
        pronargs - pronargdefaults, provolatile, t.typname, t.typbasetype <> 0 FROM pg_proc p JOIN pg_type t ON t.oid = prorettype
        WHERE pronamespace = {literal(schema)}::regnamespace AND proname = {literal(function)};""").stdout.decode()
    for row in rows.rstrip("\n\x1e").split("\x1e") if rows.strip() else []:
        names, types, required, volatility, result, is_domain = row.split("\x1f")
        yield [n.strip('"') for n in names.strip("{}").split(",")], [t.strip('"') for t in types.strip("{}").split(",") if t], \
            int(required), volatility, result, is_domain == "t"


def find(function, keys, content_type, is_post):
    """findProc: by the names of arguments, else one that takes the body as it is."""
    raw = None
    for routine in routines(function):
        names, types, required = routine[:3]
        if not types:
            if not keys and not (is_post and content_type == RAW):
                return routine, False
        elif names[0] and set(names[:required]) <= keys <= set(names):
            return routine, False
        elif is_post and types == [{RAW: "bytea", JSON: "json"}.get(content_type)]:
            raw = routine
    if raw is None:
        raise Refused(404, "PGRST202", "Could not find the function in the schema cache")
    return raw, True


def call(function, routine, is_raw, payload, is_direct):
    """callPlanToQuery."""
    target = f"{name(schema)}.{name(function)}"
    if is_raw:
        body = f"'\\x{payload.hex()}'::bytea" if routine[1] == ["bytea"] else literal(payload.decode()) + "::json"
        return f"SELECT pgrst_call.pgrst_scalar FROM (SELECT {target}({body}) pgrst_scalar) pgrst_call"
    keys = [n for n in routine[0] if n in payload]
    if not keys:
        return f"SELECT pgrst_call.pgrst_scalar FROM (SELECT {target}() pgrst_scalar) pgrst_call"
    if is_direct:
        arguments = ", ".join(f"{name(k)} := {literal(payload[k])}::text" for k in keys)
        return f"SELECT pgrst_call.pgrst_scalar FROM (SELECT {target}({arguments}) pgrst_scalar) pgrst_call"
    columns = ", ".join(f"{name(k)} text" for k in keys)
    arguments = ", ".join(f"{name(k)} := pgrst_body.{name(k)}" for k in keys)
    return (f"SELECT pgrst_call.pgrst_scalar FROM (SELECT {literal(json.dumps(payload))}::json AS json_data) pgrst_payload, "
            f"LATERAL (SELECT {', '.join(map(name, keys))} FROM json_to_record(pgrst_payload.json_data) AS _({columns}) ) pgrst_body , "
            f"LATERAL (SELECT {target}({arguments}) pgrst_scalar) pgrst_call")


def statements(request, function, routine, is_raw, payload):
    """One transaction, as PostgREST sends it."""
    headers = {k.lower(): v for k, v in request.headers.items() if k.lower() != "cookie"}
    cookies = dict(part.strip().split("=", 1) for part in request.headers.get("Cookie", "").split(";") if "=" in part)
    is_read = request.command != "POST" or routine[3] != "v"
    is_direct = "--direct" in options and (request.command != "POST" or request.headers.get("Content-Type", JSON) != JSON)
    settings = {"search_path": f"{name(schema)}, \"public\"", "role": anonymous,
                "request.jwt.claims": json.dumps({"role": anonymous}), "request.method": request.command,
                "request.path": request.path.split("?")[0], "request.headers": json.dumps(headers),
                "request.cookies": json.dumps(cookies)}
    handler = f'{name(schema)}."{routine[4]}"(_postgrest_t.pgrst_scalar)' if routine[5] else \
        "coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null')"
    rolls_back = "--override" in options and "tx=rollback" in headers.get("prefer", "")
    before = config.get("db-pre-request")
    return "\n".join([
        "\\o /dev/null",
        f"BEGIN ISOLATION LEVEL READ COMMITTED {'READ ONLY' if is_read else 'READ WRITE'};",
        "select " + ", ".join(f"set_config('{k}', {literal(v)}, true)" for k, v in settings.items()) + ";",
        "select " + ".".join(map(name, before.split("."))) + "();" if before else "",
        "\\o",
        f"WITH pgrst_source AS ({call(function, routine, is_raw, payload, is_direct)}) "
        f"SELECT null::bigint AS total_result_set, 1 AS page_total, {handler} AS body, "
        "nullif(current_setting('response.headers', true), '') AS response_headers, "
        "nullif(current_setting('response.status', true), '') AS response_status, '' AS response_inserted "
        f"FROM (SELECT {name(function)}.* FROM \"pgrst_source\" AS {name(function)} ) _postgrest_t;",
        "ROLLBACK;" if rolls_back else "COMMIT;"])


def failed(errors):
    """pgErrorStatus, for what can come up here."""
    code, message = re.search(r"(?:ERROR|FATAL): +([0-9A-Z]{5}): (.*)", errors).groups()
    if code == "PGRST":
        detail = json.loads(re.search(r"^DETAIL: +(.*)$", errors, re.M).group(1))
        told = json.loads(message)
        return Refused(detail["status"], told["code"], told["message"], detail["headers"])
    status = {"42501": 401, "25006": 405, "40001": 500, "55000": 500}.get(code, 400)
    return Refused(status, code, message, {"WWW-Authenticate": "Bearer"} if status == 401 else {})


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_post, path = self.command == "POST", urllib.parse.urlsplit(self.path)
        content_type = self.headers.get("Content-Type", JSON).split(";")[0].strip()
        if self.headers.get("Authorization", "").lower().startswith("bearer "):
            raise Refused(500, "PGRST300", "Server lacks JWT secret")
        if not path.path.startswith("/rpc/"):
            raise Refused(404, "PGRST125", "Invalid path specified in request URL")
        if not is_post:
            payload = dict(urllib.parse.parse_qsl(path.query, keep_blank_values=True))
        elif content_type == FORM:
            payload = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        elif content_type == JSON:
            payload = json.loads(body or "{}")
        elif content_type == RAW:
            payload = body
        else:
            raise Refused(415, "PGRST102", "Content-Type not acceptable: " + content_type)
        keys = set(payload) if isinstance(payload, dict) else set()
        function = path.path[len("/rpc/"):]
        routine, is_raw = find(function, keys, content_type, is_post)
        done = psql(statements(self, function, routine, is_raw, body if is_raw else payload if keys else {}))
        if done.returncode != 0:
            raise failed(done.stderr.decode())
        row = done.stdout.decode().rstrip("\n\x1e").split("\x1f")
        headers = [item for one in json.loads(row[3] or "[]") for item in one.items()]
        if not any(k.lower() == "content-type" for k, _ in headers):
            headers.append(("Content-Type", "application/octet-stream" if routine[5] else "application/json; charset=utf-8"))
        return int(row[4] or 200), headers, bytes.fromhex(row[2][2:]) if routine[5] else row[2].encode()

    def serve(self):
        try:
            status, headers, body = self.answer()
        except Refused as refused:
            status, body = refused.status, refused.body
            headers = [("Content-Type", "application/json; charset=utf-8"), *refused.headers.items()]
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = serve

    def log_message(self, *_):
        """Nothing: what is tested is asked for."""


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Front).serve_forever()
