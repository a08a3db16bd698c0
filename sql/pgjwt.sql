-- SPDX-License-Identifier: Apache-2.0
-- pgjwt.sql: the names and arguments of the extension pgjwt, over the functions of functions.sql;
-- docs/pgjwt.md says what is refused here.

CREATE SCHEMA pgjwt_compat;
COMMENT ON SCHEMA pgjwt_compat IS 'sign and verify of the extension pgjwt, that refuse what should be refused.';

CREATE FUNCTION pgjwt_compat.key(secret text, algorithm text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
    $$SELECT json_build_object('kty', 'oct', 'alg', algorithm, 'k', translate(
        encode(convert_to(secret, 'UTF8'), 'base64'), E'+/=\n', '-_'))::text$$;
COMMENT ON FUNCTION pgjwt_compat.key(text, text) IS 'A shared secret as the JWK that it is.';

CREATE FUNCTION pgjwt_compat.sign(payload json, secret text, algorithm text DEFAULT 'HS256') RETURNS text
    LANGUAGE sql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
    $$SELECT idplane.jws_sign(payload::text, pgjwt_compat.key(secret, algorithm), '{"typ":"JWT"}')$$;
COMMENT ON FUNCTION pgjwt_compat.sign(json, text, text) IS 'pgjwt''s sign: a token with a shared secret.';

CREATE FUNCTION pgjwt_compat.verify(token text, secret text, algorithm text DEFAULT 'HS256')
    RETURNS TABLE (header json, payload json, valid boolean)
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
    $$SELECT (v -> 'header')::json, (v -> 'claims')::json, coalesce((v ->> 'valid')::boolean, false)
        FROM idplane.jwt_verify(token, pgjwt_compat.key(secret, algorithm),
            jsonb_build_object('algs', jsonb_build_array(coalesce(algorithm, '')))) AS v$$;
COMMENT ON FUNCTION pgjwt_compat.verify(text, text, text) IS 'pgjwt''s verify: header and payload are NULL unless valid.';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pgjwt_compat FROM PUBLIC;
GRANT USAGE ON SCHEMA pgjwt_compat TO PUBLIC;
GRANT EXECUTE ON FUNCTION pgjwt_compat.key(text, text), pgjwt_compat.verify(text, text, text) TO PUBLIC;
