-- SPDX-License-Identifier: Apache-2.0
-- pgjwt.sql: what pgjwt's users call, and what it should have refused; docs/pgjwt.md.
SET search_path = public, pgjwt_compat;
\set secret '''a secret of at least thirty-two bytes'''
-- The token that pgjwt makes.
SELECT sign('{"sub":"1234567890","name":"John Doe","admin":true}', :secret);
SELECT length(sign('{"sub":"ada"}', repeat('x', 64), 'HS512'));
SELECT * FROM verify(sign('{"sub":"ada","n":12345678901234567890}', :secret), :secret);
SELECT * FROM verify(sign('{"sub":"ada"}', :secret), 'another secret of thirty-two bytes');
SELECT * FROM verify(sign('{"sub":"ada"}', :secret), :secret, 'HS384');
SELECT * FROM verify(sign('{"sub":"ada"}', :secret), :secret, 'none');
SELECT * FROM verify(sign('{"sub":"ada","exp":1}', :secret), :secret);
SELECT * FROM verify(sign('{"sub":"ada","nbf":99999999999}', :secret), :secret);
SELECT * FROM verify(sign('{"sub":"ada","exp":"soon"}', :secret), :secret);
SELECT * FROM verify(sign('[1]', :secret), :secret);
SELECT * FROM verify('not a token', :secret);
SELECT * FROM verify(NULL, :secret);
SELECT * FROM verify(sign('{"sub":"ada"}', :secret), NULL);
SELECT * FROM verify(sign('{"sub":"ada"}', :secret) || '=', :secret);
-- alg none, and a member twice.
SELECT * FROM verify('eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.', :secret);
SELECT * FROM verify(sign('{"sub":"ada","sub":"bob"}', :secret), :secret);
SELECT sign('{"sub":"ada"}', 'short');
SELECT sign('{"sub":"ada"}', :secret, 'RS256');
-- Whom the grants of docs/pgjwt.md let sign.
CREATE ROLE idplane_signer;
GRANT EXECUTE ON FUNCTION pgjwt_compat.sign, idplane.jws_sign TO idplane_signer;
SET ROLE idplane_signer;
SELECT length(pgjwt_compat.sign('{"sub":"ada"}', :secret));
RESET ROLE;
REVOKE EXECUTE ON FUNCTION pgjwt_compat.sign, idplane.jws_sign FROM idplane_signer;
DROP ROLE idplane_signer;
