-- SPDX-License-Identifier: Apache-2.0
-- sqlite.sql: what SQLite has beside the tables; functions.sql has the same for PostgreSQL.

-- Functions of JSON are not for views where schemas are not trusted: the answer is told by how it begins
-- and ends.
CREATE VIEW idplane_oidc_divergence AS
    SELECT tenant, instance, version, record, effective,
           CASE WHEN is_ok THEN oidc_merge('provision', record, record, effective, config, 'effective') END AS derived
      FROM (
        SELECT *, substr(answer, 1, 14) = '{"status":"ok"' AS is_ok,
               substr(answer, -27) = '"changed":true,"errors":[]}' AS changes
          FROM (
            SELECT i.tenant, i.instance, i.version, i.record, i.effective, d.config,
                   i.profile <> d.profile AS reads_otherwise,
                   oidc_merge('provision', i.record, i.record, i.effective, d.config) AS answer
              FROM idplane_oidc_instance i
              JOIN idplane_oidc_default d ON d.tenant = i.tenant AND d.plan = i.plan
             WHERE i.tenant = current_tenant()))
     WHERE reads_otherwise OR NOT is_ok OR changes;

CREATE VIEW idplane_metric AS
    SELECT json_extract(value, '$.name') AS name, json_extract(value, '$.labels') AS labels,
           json_extract(value, '$.value') AS value, json_extract(value, '$.help') AS help,
           json_extract(value, '$.type') AS type
      FROM json_each(metric_samples());

-- A million identities are joined with it: behind LEFT JOIN SQLite looks rows up in one table, but not in a join.
CREATE VIEW idplane_listed_device AS
    SELECT identity_kind, identity, enrollment_id,
           (SELECT e.enabled FROM idplane_enrollment e
             WHERE e.tenant = m.tenant AND e.enrollment_id = m.enrollment_id) AS enabled,
           (SELECT e.priority FROM idplane_enrollment e
             WHERE e.tenant = m.tenant AND e.enrollment_id = m.enrollment_id) AS priority
      FROM idplane_enrollment_member m
     WHERE tenant = current_tenant()
       AND (SELECT json_extract(e.document, '$.members') FROM idplane_enrollment e
             WHERE e.tenant = m.tenant AND e.enrollment_id = m.enrollment_id);

-- A request without a name gets one; PostgreSQL does it before the row is there.
CREATE TRIGGER idplane_certificate_request_named AFTER INSERT ON idplane_certificate_request WHEN NEW.request_id = ''
BEGIN
    UPDATE idplane_certificate_request SET request_id = lower(hex(randomblob(16)))
     WHERE tenant = NEW.tenant AND request_id = '';
END;

-- A value that a trigger puts back: where triggers are recursive it does not fire for it again. What
-- was left here (by UPDATE OR FAIL) is about that one change of that one row only.
CREATE TABLE idplane_trigger_guard (attached TEXT NOT NULL, row_key TEXT NOT NULL, before ANY, after ANY);
