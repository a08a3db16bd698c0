-- SPDX-License-Identifier: Apache-2.0
-- Who may read the tables of devices sees those of the tenant of the session, also by a query that
-- forgets to ask for it; and changes no others.
SET search_path = idplane;
SELECT set_tenant('acme');
SELECT set_enrollment('meters', '{"owner":"alice","symmetric_key":{"primary":"MDEyMzQ1Njc4OWFiY2RlZg=="}}') ->> 'version';
SELECT begin_provisioning(NULL, '{"registration_id":"meter-1","enrollment":"meters"}') ->> 'state';
SELECT create_ca('default') ->> 'ca';
SELECT set_tenant('umbrella');
SELECT set_enrollment('meters', '{"owner":"bob","symmetric_key":{"primary":"MDEyMzQ1Njc4OWFiY2RlZg=="}}') ->> 'version';
SELECT begin_provisioning(NULL, '{"registration_id":"meter-2","enrollment":"meters"}') ->> 'state';
CREATE ROLE idplane_reader;
GRANT SELECT, UPDATE ON provisioning_record, provisioning_event, enrollment TO idplane_reader;
GRANT SELECT ON certificate_authority TO idplane_reader;
SET ROLE idplane_reader;
SELECT tenant, registration_id FROM provisioning_record;
SELECT count(*) FROM provisioning_event;
SELECT count(*) FROM certificate_authority;
SELECT tenant, document ->> 'owner' FROM enrollment;
UPDATE enrollment SET enabled = false;
UPDATE enrollment SET tenant = 'acme';
SELECT set_tenant('acme');
RESET ROLE;
SELECT tenant, enabled FROM enrollment ORDER BY tenant;
SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND attname = 'tenant'
 WHERE relnamespace = 'idplane'::regnamespace AND relkind = 'r' AND relrowsecurity ORDER BY relname;
REVOKE ALL ON provisioning_record, provisioning_event, enrollment, certificate_authority FROM idplane_reader;
DROP ROLE idplane_reader;
