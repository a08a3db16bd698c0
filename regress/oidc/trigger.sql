-- SPDX-License-Identifier: Apache-2.0
-- trigger.sql: a column of a table keeps OIDC configuration. SHOW(x) is x as canonical JSON; the table
-- conf and its triggers were made before, in each engine its own way.
SELECT set_oidc_default('{"clientID":"d","issuerURL":"https://d.example","groupsClaim":"groups","groupsPrefix":"-","signingAlgs":["RS256"]}') ->> 'clientID';
INSERT INTO conf (name, config) VALUES ('absent', NULL), ('empty', '{}'),
    ('blank', '{"clientID":"","issuerURL":""}'), ('object', '{"clientID":"c","issuerURL":"https://c.example"}'),
    ('list', '{"list":[{"clientID":"l","issuerURL":"https://l.example"}]}');
SELECT name, SHOW(config), SHOW(effective) FROM conf ORDER BY name;
-- NULL, {} and all-empty keep the old value, and what is effective.
UPDATE conf SET config = NULL;
UPDATE conf SET config = '{}';
UPDATE conf SET config = '{"clientID":"","signingAlgs":[]}' WHERE name <> 'list';
SELECT name, SHOW(config), SHOW(effective) FROM conf ORDER BY name;
-- A value is the record, and laid over what was effective.
UPDATE conf SET config = '{"clientID":"u","issuerURL":"https://u.example","groupsClaim":""}' WHERE name IN ('absent', 'object');
UPDATE conf SET config = '{"list":[]}', other = other + 1 WHERE name = 'blank';
SELECT name, SHOW(config), SHOW(effective), other FROM conf ORDER BY name;
-- What is invalid aborts the statement, all of it.
INSERT INTO conf (name, config) VALUES ('good', '{}'), ('bad', '{"clientID":"c"}');
UPDATE conf SET config = '{"clientID":"","issuerURL":"http://x"}', other = 9 WHERE name = 'absent';
UPDATE conf SET config = '{"clientID":"c","issuerURL":"https://c.example"}' WHERE name = 'list';
UPDATE conf SET config = '[]';
INSERT INTO conf (name, config) VALUES ('many', '{"list":[{"clientID":"","issuerURL":"http://h"},{"clientID":"","issuerURL":"http://h"},{"clientID":"","issuerURL":"http://h"},{"clientID":"","issuerURL":"http://h"},{"clientID":"","issuerURL":"http://h"},{"clientID":"","issuerURL":"http://h"},{"clientID":"","issuerURL":"http://h"},{"clientID":"","issuerURL":"http://h"},{"clientID":"","issuerURL":"http://h"},{"clientID":"","issuerURL":"http://h"}]}');
SELECT count(*), sum(other) FROM conf;
-- Other columns do not matter; a key may change with the value.
UPDATE conf SET other = 7 WHERE name = 'object';
UPDATE conf SET name = 'moved', config = NULL WHERE name = 'object';
UPDATE conf SET name = 'renamed', config = '{"clientID":"r","issuerURL":"https://r.example"}' WHERE name = 'moved';
SELECT name, SHOW(config), SHOW(effective), other FROM conf WHERE name LIKE '%ed' ORDER BY name;
