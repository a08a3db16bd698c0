# SPDX-License-Identifier: Apache-2.0
# script.jq: a timeline of the vectors as SQL that both engines run. Each timeline has a tenant of
# its own; each event prints one line: event|timeline|JSON.

def quoted: "'" + gsub("'"; "''") + "'";

# 2026-01-01T00:00:00Z and .t seconds, to the microsecond.
def instant:
    (1767225600 + (.t | floor) | todate | rtrimstr("Z"))
    + (if .t == (.t | floor) then "" else "." + ("000000\((.t - (.t | floor)) * 1e6 | round)"[-6:]) end)
    + "Z";

def stored(member): "(SELECT response ->> '\(member)' FROM flow WHERE name = \(.flow | quoted))";

def user_code:
    stored("user_code") as $code
    | {"wrong": "'BBBB-BBBB'", "lower-case with spaces": "lower(replace(\($code), '-', ' '))"}
      [.user_code_form // ""] // $code;

def device_code:
    stored("device_code") as $code
    | {"unknown": "'no-such-device-code'", "user-code": user_code, "case-changed": "upper(\($code))"}
      [.device_code // ""] // $code;

def client: .client_id // "c1" | quoted;

def over_http($id): # the only event that names a grant type
    "http_request('POST', '/token', '{\"host\":\"\($id).example\","
    + "\"content-type\":\"application/x-www-form-urlencoded\"}', "
    + "'client_id=c1&grant_type=\(.grant_type)&device_code=x')";

def event($id):
    if .action == "authorize" then
        "INSERT INTO flow SELECT \(.as | quoted), issue_device_code(\(client));",
        "SELECT 'event', \($id | quoted), response FROM flow WHERE name = \(.as | quoted);"
    else
        "SELECT 'event', \($id | quoted), "
        + (if .grant_type then over_http($id)
           elif .action == "poll" then "poll_device_code(\(device_code), \(client))"
           else "\(.action)_device_code(\(user_code), 'user-1')" end)
        + ";"
    end;

def settings($id):
    { base_url: "https://\($id).example",
      device_flow_settings: {
          device_flow_polling_interval_seconds: .config.interval,
          device_flow_codelifetime_seconds: .config.expires_in } };

def registration:
    { grant_types: ["urn:ietf:params:oauth:grant-type:device_code"],
      token_endpoint_auth_method: "none" };

"CREATE TABLE flow (name text, response jsonb);",
(.[] | .id as $id
 | "SELECT set_tenant(\($id | quoted));",
   "SELECT set_clock('2026-01-01T00:00:00Z');",
   "SELECT configure(\(settings($id) | tojson | quoted));",
   (["c1", "c2"][] | "SELECT register_client('\(.)', \(registration | tojson | quoted));"),
   (.events[] | "SELECT set_clock('\(instant)');", event($id)),
   "DELETE FROM flow;")
