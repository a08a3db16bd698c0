-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE rule (event text, client_id text, answer text);
CREATE TABLE rule_definition (definition text);
INSERT INTO rule_definition VALUES ('(SELECT answer FROM rule WHERE event = :request ->> ''$.event'' AND client_id = coalesce(:request ->> ''$.client.client_id'', :request ->> ''$.enrollment''))');
