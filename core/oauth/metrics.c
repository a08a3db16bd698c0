/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.c - what is to be monitored of a tenant, from its rows: what there is now are gauges,
 * and counters come from the totals of the audit, which outlive its rows. Each statement goes by an
 * index over what is live or recent, so that a scrape costs little however old the database is. */
#include "core/oauth/oauth.h"

enum {
    AUDIT_EVENTS,
    AUDIT_UNSEALED,
    AUDIT_REFUSED,
    AUDIT_SEALS,
    AUDIT_SEALED_AT,
    DEVICE_CODES,
    USER_CODE_GUESSES,
    FAILURES,
    SESSIONS,
    CLIENTS,
    KEYS,
    KEY_ACTIVATED_AT
};

/* Two labels and a value; $1 is the tenant, $2 now or the start of the window. */
const struct idp_statement idp_metrics_statements[] = {
    [AUDIT_EVENTS] = {"SELECT type, outcome, CAST(sum(row_count) AS bigint) FROM"
                      " (SELECT type, outcome, row_count FROM idplane.audit_total"
                      " WHERE tenant = $1 AND type <> ''"
                      " UNION ALL SELECT type, outcome, count(*) FROM idplane.audit"
                      " WHERE tenant = $1 AND seal IS NULL GROUP BY type, outcome) counted"
                      " GROUP BY type, outcome ORDER BY type, outcome LIMIT 1000",
                      "t", "tti"},
    [AUDIT_UNSEALED] = {"SELECT '', '', count(*) FROM idplane.audit"
                        " WHERE tenant = $1 AND seal IS NULL",
                        "t", "tti"},
    [AUDIT_REFUSED] = {"SELECT '', '', count(*) FROM idplane.audit WHERE tenant = $1 AND seal = 0",
                       "t", "tti"},
    [AUDIT_SEALS] = {"SELECT '', '', number FROM idplane.audit_seal WHERE tenant = $1"
                     " ORDER BY number DESC LIMIT 1",
                     "t", "tti"},
    [AUDIT_SEALED_AT] = {"SELECT '', '', sealed_at FROM idplane.audit_seal WHERE tenant = $1"
                         " ORDER BY number DESC LIMIT 1",
                         "t", "ttz"},
    [DEVICE_CODES] = {"SELECT state, '', count(*) FROM idplane.device_code"
                      " WHERE tenant = $1 AND expires_at > $2 GROUP BY state ORDER BY state",
                      "tz", "tti"},
    [USER_CODE_GUESSES] = {"SELECT '', '', count(*) FROM idplane.attempt"
                           " WHERE tenant = $1 AND attempted_at > $2",
                           "tz", "tti"},
    [FAILURES] = {"SELECT kind, '', count(*) FROM idplane.failure"
                  " WHERE tenant = $1 AND failed_at > $2 GROUP BY kind ORDER BY kind",
                  "tz", "tti"},
    [SESSIONS] = {"SELECT '', '', count(*) FROM idplane.sso_session"
                  " WHERE tenant = $1 AND expires_at > $2",
                  "tz", "tti"},
    [CLIENTS] = {"SELECT CASE WHEN enabled THEN 'true' ELSE 'false' END, '', count(*)"
                 " FROM idplane.client WHERE tenant = $1 GROUP BY enabled ORDER BY enabled",
                 "t", "tti"},
    [KEYS] = {"SELECT state, '', count(*) FROM idplane.signing_key WHERE tenant = $1"
              " GROUP BY state ORDER BY state",
              "t", "tti"},
    [KEY_ACTIVATED_AT] = {"SELECT kid, '', activated_at FROM idplane.signing_key"
                          " WHERE tenant = $1 AND state = 'active'",
                          "t", "ttz"},
};
const size_t idp_metrics_statement_count = IDP_COUNT(idp_metrics_statements);

static const struct {
    const char *name, *type, *help, *labels[2];
    bool in_window; /* $2 is the start of the window of attempts */
} families[] = {
    [AUDIT_EVENTS] = {"idplane_audit_events_total",
                      "counter",
                      "Events written to the audit, of all times.",
                      {"type", "outcome"}},
    [AUDIT_UNSEALED] = {"idplane_audit_unsealed_rows", "gauge",
                        "Rows of the audit that are in no seal yet."},
    [AUDIT_REFUSED] = {"idplane_audit_refused_rows", "gauge",
                       "Rows of the audit that idplane did not write."},
    [AUDIT_SEALS] = {"idplane_audit_seals_total", "counter", "Seals of the audit."},
    [AUDIT_SEALED_AT] = {"idplane_audit_sealed_timestamp_seconds", "gauge",
                         "When the audit was sealed last."},
    [DEVICE_CODES] = {"idplane_device_codes",
                      "gauge",
                      "Device codes that have not expired.",
                      {"state"}},
    [USER_CODE_GUESSES] = {"idplane_wrong_user_codes",
                           "gauge",
                           "Wrong user codes in the window of attempts.",
                           {NULL},
                           true},
    [FAILURES] =
        {"idplane_failures",
         "gauge",
         "Unknown device codes, wrong credentials and registrations without a token in the "
         "window of attempts, up to the limit of each address.",
         {"kind"},
         true},
    [SESSIONS] = {"idplane_sso_sessions", "gauge", "Sessions of browsers that have not ended."},
    [CLIENTS] = {"idplane_clients", "gauge", "Registered clients.", {"enabled"}},
    [KEYS] = {"idplane_signing_keys", "gauge", "Signing keys.", {"state"}},
    [KEY_ACTIVATED_AT] = {"idplane_signing_key_activated_timestamp_seconds",
                          "gauge",
                          "Since when the active key signs.",
                          {"kid"}},
};

static void add_sample(struct idp_call *call, struct idp_json *samples, size_t family,
                       const struct idp_value *row)
{
    struct idp_json *sample = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *labels = idp_json_new(call, IDP_JSON_OBJECT);
    int64_t value = idp_integer_of(row[2]);
    for (size_t i = 0; i < IDP_COUNT(families[family].labels); i++) {
        const char *label = families[family].labels[i];
        if (label != NULL) {
            idp_json_add_string(call, labels, label, idp_text_of(row[i]));
        }
    }
    idp_json_add_c(call, sample, "name", families[family].name);
    idp_json_add_c(call, sample, "type", families[family].type);
    idp_json_add_c(call, sample, "help", families[family].help);
    idp_json_add(sample, "labels", labels);
    idp_json_add_integer(call, sample, "value", row[2].kind == 'z' ? value / 1000000 : value);
    idp_json_add(samples, NULL, sample);
}

struct idp_json *idp_metrics(struct idp_call *call)
{
    struct idp_json *samples = idp_json_new(call, IDP_JSON_ARRAY);
    int64_t now_us = idp_now_us(call);
    int64_t window_us = idp_settings_load(call).attempt_window_s * 1000000;
    for (size_t family = 0; family < IDP_COUNT(families); family++) {
        struct idp_value key[] = {
            idp_value_text(idp_tenant(call)),
            idp_value_time(families[family].in_window ? now_us - window_us : now_us)};
        struct idp_rows rows = idp_run(call, &idp_metrics_statements[family], key);
        for (size_t i = 0; i < rows.count; i++) {
            add_sample(call, samples, family, rows.values + i * rows.columns);
        }
    }
    return samples;
}

struct idp_value idp_sql_metric_samples(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_json(idp_metrics(call));
}
