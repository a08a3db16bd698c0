-- SPDX-License-Identifier: Apache-2.0
-- postgrest.sql: idplane behind PostgREST, which calls functions and knows HTTP by settings alone.
-- Here its settings become a request, and a response becomes settings; what a request means is
-- decided by http_request and nowhere else. PostgreSQL only.

-- Of what PostgREST was sent what the router reads, and what a front is trusted to set; Prefer is ours.
-- A front that keeps credentials from PostgREST brings them in X-Idplane-Authorization; who sends both
-- headers is refused by the router, as for any header that is repeated.
CREATE FUNCTION idplane.postgrest_headers(options jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
    WITH sent AS (
        SELECT key, value FROM jsonb_each(nullif(current_setting('request.headers', true), '')::jsonb)),
    header AS (
        SELECT key, value FROM sent WHERE key IN ('accept', 'accept-language', 'dpop', 'host', 'if-none-match', 'prefer', 'user-agent',
            'x-xsrf-token') OR options -> 'trusted_headers' ? key
        UNION ALL
        SELECT 'authorization', jsonb_agg(value) FROM sent
         WHERE key IN ('authorization', 'x-idplane-authorization') HAVING count(*) > 0
        UNION ALL
        SELECT 'cookie', to_jsonb(string_agg(key || '=' || value, '; '))
          FROM jsonb_each_text(nullif(current_setting('request.cookies', true), '')::jsonb) HAVING count(*) > 0
        UNION ALL
        SELECT 'x-idplane-peer', value FROM sent WHERE key = options ->> 'peer_header')
    SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM header $$;
COMMENT ON FUNCTION idplane.postgrest_headers(jsonb) IS 'The headers of the request that PostgREST answers now.';

-- An error that PostgREST shows as it is (its code PGRST), and rolls back: nothing was to be kept.
CREATE FUNCTION idplane.postgrest_refuse(status integer, word text, sentence text, headers jsonb DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE SQLSTATE 'PGRST' USING
        MESSAGE = jsonb_build_object('code', word, 'message', sentence),
        DETAIL = jsonb_build_object('status', status, 'headers', '{"Cache-Control":"no-store"}' || headers);
END $$;
COMMENT ON FUNCTION idplane.postgrest_refuse(integer, text, text, jsonb) IS 'Ends a request that is not for us.';

-- What http_request waits for is done here, in the transaction: PostgREST has no other place.
CREATE FUNCTION idplane.postgrest_wait(pending jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF pending ? 'wait_ms' THEN
        PERFORM pg_sleep((pending ->> 'wait_ms')::numeric / 1000);
        RETURN jsonb_build_object('resume', pending -> 'resume');
    ELSIF to_regprocedure('idplane.idplane_fetch(text, jsonb)') IS NULL THEN
        RAISE EXCEPTION 'idplane: fetch_not_installed: The module that fetches is not there. Run CREATE EXTENSION idplane_fetch;'
            USING ERRCODE = '55000';
    END IF;
    RETURN jsonb_build_object('resume', pending -> 'resume',
        'fetched', idplane.idplane_fetch(pending #>> '{fetch,url}', pending #> '{fetch,options}'));
END $$;
COMMENT ON FUNCTION idplane.postgrest_wait(jsonb) IS 'Does what a request waits for, and says how it goes on.';

-- What was paid, counted or begun must stay, so a request that asks PostgREST to roll back is refused.
CREATE FUNCTION idplane.postgrest_answer(method text, target text, headers jsonb, body bytea) RETURNS bytea
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer jsonb;
    resume jsonb := CASE WHEN to_regprocedure('idplane.idplane_fetch(text, jsonb)') IS NULL THEN '{"fetches":false}' END;
BEGIN
    IF headers ->> 'prefer' ~* 'tx\s*=\s*"?rollback' THEN
        PERFORM idplane.postgrest_refuse(400, 'invalid_request', 'What is done here is never rolled back.');
    END IF;
    FOR step IN 1 .. 100 LOOP
        answer := idplane.http_request(method, target, headers, body, resume);
        EXIT WHEN answer ? 'status';
        resume := idplane.postgrest_wait(answer);
    END LOOP;
    IF NOT answer ? 'status' THEN
        PERFORM idplane.postgrest_refuse(503, 'temporarily_unavailable', 'The server is busy. Try again later.');
    END IF;
    PERFORM set_config('response.status', answer ->> 'status', true),
        set_config('response.headers', (SELECT jsonb_agg(jsonb_build_object(name, item))::text
            FROM jsonb_each(answer -> 'headers') AS header (name, value),
                 jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value
                     ELSE jsonb_build_array(value) END) AS item), true);
    RETURN coalesce(decode(answer ->> 'body_base64', 'base64'), convert_to(answer ->> 'body', 'UTF8'));
END $$;
COMMENT ON FUNCTION idplane.postgrest_answer(text, text, jsonb, bytea) IS 'Hands a request to http_request, and its response to PostgREST.';

-- PostgREST has decoded the form: each value is encoded again, so that it stays one.
CREATE FUNCTION idplane.postgrest_form(parameters jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(key || '=' || replace(replace(replace(value, '%', '%25'), '&', '%26'), '+', '%2B'), '&')
      FROM jsonb_each_text(parameters) $$;
COMMENT ON FUNCTION idplane.postgrest_form(jsonb) IS 'Parameters as a form or a query.';

-- Method NULL: as PostgREST was asked. What is for GET has its parameters in the query.
CREATE FUNCTION idplane.postgrest_call(path text, parameters jsonb, options jsonb, method text DEFAULT NULL) RETURNS bytea
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT idplane.postgrest_answer(coalesce(method, current_setting('request.method', true)),
        concat(options ->> 'base_path', path, CASE WHEN method = 'GET' THEN '?' || idplane.postgrest_form(parameters) END),
        idplane.postgrest_headers(options) || '{"content-type":"application/x-www-form-urlencoded"}',
        CASE WHEN method IS NULL THEN convert_to(idplane.postgrest_form(parameters), 'UTF8') END) $$;
COMMENT ON FUNCTION idplane.postgrest_call(text, jsonb, jsonb, text) IS 'An endpoint by its parameters, for the functions of install_postgrest.';

-- PostgREST has no PUT or DELETE for functions: the method is that of the function. Who replaces a
-- registration says of which client in the document, where RFC 7592 wants it anyway.
CREATE FUNCTION idplane.postgrest_registration(method text, client_id text, document json, options jsonb) RETURNS bytea
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    client text := coalesce(client_id, document ->> 'client_id', '');
BEGIN
    IF method <> 'POST' AND client = '' THEN
        PERFORM idplane.postgrest_refuse(400, 'invalid_request', 'The client_id is missing. Say whose registration it is.');
    END IF;
    RETURN idplane.postgrest_answer(method, concat(options ->> 'base_path', '/register', CASE WHEN method <> 'POST' THEN
            '/' || replace(replace(replace(client, '%', '%25'), '/', '%2F'), '?', '%3F') END),
        idplane.postgrest_headers(options) || '{"content-type":"application/json"}', convert_to(document::text, 'UTF8'));
END $$;
COMMENT ON FUNCTION idplane.postgrest_registration(text, text, json, jsonb) IS 'Dynamic registration, for the functions of install_postgrest.';

-- The request as a front has put it into one: every rule about repeated and unknown parameters holds.
-- Only paths of the authorization server: what administers is for another front.
CREATE FUNCTION idplane.postgrest_relay(body bytea, options jsonb) RETURNS bytea
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sent jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
    headers jsonb := idplane.postgrest_headers(options);
    target text := sent ->> 'x-idplane-target';
    base text := options ->> 'base_path';
    path text := split_part(target, '?', 1);
BEGIN
    IF starts_with(path, base) AND substr(path, length(base) + 1) ~ ('^/((oauth2/)?(token|device_authorization)'
            '|oauth2/user_authorization|authorize(/decision)?|introspect|revoke|register(/[^/]+)?|userinfo|jwks|device(/[a-z]+)?|login'
            '|provisioning/[a-z]+(/[a-z]+)?|x\.plgd\.dev/time|api/v1/provisioning/[a-z-]+|login_options|session|sso/[^/]+/(login|callback|logout|backchannel))$')
        OR path ~ '^(/[^?]*)?/\.well-known/(oauth-authorization-server|openid-configuration)(/|$)' THEN
        IF sent ? 'x-idplane-content-type' THEN
            headers := headers || jsonb_build_object('content-type', sent -> 'x-idplane-content-type');
        END IF;
        RETURN idplane.postgrest_answer(coalesce(sent ->> 'x-idplane-method', current_setting('request.method', true)),
            target, headers, body);
    END IF;
    PERFORM idplane.postgrest_refuse(404, 'not_found', 'This path is not served here.');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION idplane.postgrest_relay(bytea, jsonb) IS 'Any request to the authorization server, for the function request of install_postgrest.';

-- db-pre-request. A token that must be proven (cnf) is refused: who only holds it has proven nothing.
-- userinfo, device_decision, request and those of registration look at what they are sent themselves.
CREATE FUNCTION idplane.postgrest_session() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sent jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
    token text := substring(coalesce(sent ->> 'x-idplane-authorization', sent ->> 'authorization')
        FROM '^[Bb][Ee][Aa][Rr][Ee][Rr] +(.*)$');
    verdict jsonb := idplane.begin_session(token);
BEGIN
    IF verdict -> 'claims' ? 'cnf' THEN
        PERFORM idplane.begin_session(NULL);
    ELSIF token IS NULL OR verdict ->> 'valid' = 'true' THEN
        RETURN;
    END IF;
    IF current_setting('request.path', true) ~ '^/rpc/(userinfo|device_decision|request|register|registration(_replace|_remove)?)$' THEN
        RETURN;
    END IF;
    PERFORM idplane.postgrest_refuse(401, 'invalid_token', 'The access token is not good.',
        '{"WWW-Authenticate":"Bearer realm=\"idplane\", error=\"invalid_token\""}');
END $$;
COMMENT ON FUNCTION idplane.postgrest_session() IS 'Begins the session of the bearer token of a request: db-pre-request of PostgREST.';

-- ---- the schema that PostgREST exposes ----

-- A function of ours is known by its comment: it is made anew by install_postgrest and removed by
-- uninstall_postgrest, and no other is touched.
CREATE FUNCTION idplane.uninstall_postgrest(schema text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    home oid := to_regnamespace(quote_ident(schema));
    ours oid[] := ARRAY(SELECT p.oid FROM pg_proc p WHERE pronamespace = home
        AND obj_description(p.oid, 'pg_proc') LIKE 'idplane: %');
    role regrole;
    each oid;
BEGIN
    IF coalesce(schema, '') = '' OR octet_length(schema) > 63 THEN
        RAISE EXCEPTION 'idplane: invalid_argument: Argument schema must name a schema.' USING ERRCODE = '22023';
    END IF;
    FOR role IN SELECT grantee::regrole FROM pg_proc p, aclexplode(proacl)
                 WHERE p.oid = ANY (ours) AND grantee NOT IN (0, proowner)
                UNION SELECT grantee::regrole FROM pg_namespace n, aclexplode(nspacl) WHERE n.oid = home
                   AND obj_description(home, 'pg_namespace') LIKE 'idplane: %' AND grantee NOT IN (0, nspowner) LOOP
        EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM %s', schema, role);
        IF NOT EXISTS (SELECT FROM pg_proc p, aclexplode(proacl) WHERE grantee = role AND p.oid <> ALL (ours)
                AND obj_description(p.oid, 'pg_proc') LIKE 'idplane: %' AND proname = 'request') THEN
            EXECUTE format('REVOKE EXECUTE ON FUNCTION idplane.postgrest_session() FROM %s', role);
        END IF;
    END LOOP;
    FOREACH each IN ARRAY ours LOOP
        EXECUTE format('DROP FUNCTION %s', each::regprocedure);
    END LOOP;
    IF obj_description(to_regtype(format('%I."*/*"', schema)), 'pg_type') LIKE 'idplane: %' AND NOT EXISTS
        (SELECT FROM pg_depend WHERE refobjid = to_regtype(format('%I."*/*"', schema)) AND deptype = 'n') THEN
        EXECUTE format('DROP DOMAIN %I."*/*"', schema);
    END IF;
    IF obj_description(home, 'pg_namespace') LIKE 'idplane: %' AND NOT EXISTS
        (SELECT FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = home AND deptype = 'n') THEN
        EXECUTE format('DROP SCHEMA %I', schema);
    END IF;
    PERFORM pg_notify('pgrst', 'reload schema');
    RETURN jsonb_build_object('functions', cardinality(ours),
        'schema', CASE WHEN to_regnamespace(quote_ident(schema)) IS NOT NULL THEN schema END);
END $$;
COMMENT ON FUNCTION idplane.uninstall_postgrest(text) IS 'Removes what install_postgrest made.';

-- Every parameter that a standard names is one here, since PostgREST refuses what no function has.
-- Metadata of clients is one document: it may have members that nobody foresaw (RFC 7591 section 2). What
-- is for GET and reads is for GET of PostgREST, too.
CREATE FUNCTION idplane.postgrest_endpoints() RETURNS TABLE (name text, method text, path text, parameters text[])
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT name, method, path, CASE WHEN is_of_client THEN
            parameters || '{client_id, client_secret, client_assertion, client_assertion_type}' ELSE parameters END
      FROM (VALUES
        ('token', NULL, '/token', true, '{grant_type, scope, resource, audience, device_code, code, redirect_uri,
            code_verifier, refresh_token, assertion, subject_token, subject_token_type, actor_token,
            actor_token_type, requested_token_type, username, password}'::text[]),
        ('device_authorization', NULL, '/device_authorization', true, '{scope, resource, audience, code_challenge,
            code_challenge_method}'),
        ('authorize', 'GET', '/authorize', false, '{response_type, client_id, redirect_uri, scope, state, resource,
            code_challenge, code_challenge_method, response_mode, nonce, display, prompt, max_age, ui_locales,
            claims_locales, id_token_hint, login_hint, acr_values, claims, request, request_uri, registration, dpop_jkt,
            authorization_details, signed_in_since}'),
        ('authorize_decision', NULL, '/authorize/decision', false, '{request, decision, csrf_token}'),
        ('introspect', NULL, '/introspect', true, '{token, token_type_hint}'),
        ('revoke', NULL, '/revoke', true, '{token, token_type_hint}'),
        ('register', 'POST', '/register', false, NULL),
        ('registration', 'GET', '/register/{}', false, '{client_id}'),
        ('registration_replace', 'PUT', '/register/{}', false, NULL),
        ('registration_remove', 'DELETE', '/register/{}', false, '{client_id}'),
        ('device_decision', NULL, '/device/decision', false, '{user_code, decision, scope, from_complete, confirmed}'),
        ('userinfo', NULL, '/userinfo', false, '{}'),
        ('jwks', 'GET', '/jwks', false, NULL),
        ('metadata', 'GET', '/.well-known/oauth-authorization-server', false, NULL),
        ('request', NULL, NULL, false, NULL)) AS endpoint (name, method, path, is_of_client, parameters) $$;
COMMENT ON FUNCTION idplane.postgrest_endpoints() IS 'The functions that install_postgrest makes.';

CREATE FUNCTION idplane.postgrest_check(schema text, anon_role text, options jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fault text := CASE
        WHEN schema IS NULL OR anon_role IS NULL THEN 'Arguments schema and anon_role must not be NULL.'
        WHEN schema = '' OR octet_length(schema) > 63 THEN 'Argument schema must name a schema.'
        WHEN schema ~ '^pg_' OR schema IN ('idplane', 'pgjwt_compat', 'information_schema')
            THEN 'Argument schema must name a schema for PostgREST alone.'
        WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = anon_role)
            THEN 'Argument anon_role must name a role. Run CREATE ROLE first.'
        WHEN anon_role = current_user OR EXISTS (SELECT FROM pg_roles WHERE rolname = anon_role AND rolsuper)
            THEN 'Argument anon_role must name a role that may nothing else.'
        WHEN jsonb_typeof(options) <> 'object' THEN 'Argument options must be an object.'
        WHEN options - ARRAY['base_path', 'peer_header', 'trusted_headers'] <> '{}'
            THEN 'Argument options has an unknown member. Known are base_path, peer_header and trusted_headers.'
        WHEN options ->> 'base_path' !~ '^(/[^/?#[:space:]]+)*$'
            THEN 'Option base_path must be the path of base_url, like /acme.'
        WHEN options ->> 'peer_header' !~ '^[A-Za-z0-9-]+$' THEN 'Option peer_header must name a header.'
        WHEN jsonb_typeof(options -> 'trusted_headers') <> 'array' OR EXISTS (
                SELECT FROM jsonb_array_elements(CASE jsonb_typeof(options -> 'trusted_headers') WHEN 'array'
                    THEN options -> 'trusted_headers' ELSE '[]' END) AS name
                 WHERE jsonb_typeof(name) <> 'string' OR name #>> '{}' !~ '^[A-Za-z0-9-]+$'
                    OR name #>> '{}' ~* '^(authorization|content-.*|cookie|host|transfer-encoding|x-idplane-.*)$')
            THEN 'Option trusted_headers must be a list of names of headers that your front sets.'
        WHEN EXISTS (SELECT FROM pg_proc p WHERE pronamespace = to_regnamespace(quote_ident(schema))
                AND proname IN (SELECT name FROM idplane.postgrest_endpoints())
                AND obj_description(p.oid, 'pg_proc') IS DISTINCT FROM 'idplane: ' || proname)
            THEN 'The schema has functions of these names that are not ours. Choose another schema.'
    END;
BEGIN
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'idplane: invalid_argument: %', fault USING ERRCODE = '22023';
    END IF;
END $$;
COMMENT ON FUNCTION idplane.postgrest_check(text, text, jsonb) IS 'Refuses arguments of install_postgrest.';

CREATE FUNCTION idplane.postgrest_declaration(schema text, endpoint text, options jsonb) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format('CREATE FUNCTION %1$I.%2$I(%3$s) RETURNS %1$I."*/*" LANGUAGE sql %4$s PARALLEL UNSAFE'
            ' SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %5$L',
        schema, name, CASE WHEN path IS NULL THEN 'bytea' WHEN method IN ('POST', 'PUT') THEN 'json' ELSE
            (SELECT string_agg(p || ' text DEFAULT NULL', ', ') FROM unnest(parameters) AS p) END,
        CASE WHEN method = 'GET' AND path <> '/authorize' THEN 'STABLE' ELSE 'VOLATILE' END,
        format('SELECT idplane.%s::%I."*/*"', CASE
            WHEN path IS NULL THEN format('postgrest_relay($1, %L)', options)
            WHEN starts_with(path, '/register') THEN format('postgrest_registration(%L, %s, %L)', method,
                CASE WHEN parameters IS NULL THEN 'NULL, $1' ELSE '$1, NULL' END, options)
            ELSE format('postgrest_call(%L, %s, %L, %L)', path,
                CASE WHEN parameters IS NULL THEN 'NULL' ELSE format('jsonb_build_object(%s)',
                    (SELECT string_agg(format('%L, %s', p, p), ', ') FROM unnest(parameters) AS p)) END,
                options, method) END, schema))
      FROM idplane.postgrest_endpoints() WHERE name = endpoint $$;
COMMENT ON FUNCTION idplane.postgrest_declaration(text, text, jsonb) IS 'The statement that makes one of them.';

CREATE FUNCTION idplane.install_postgrest(schema text, anon_role text, options jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen jsonb := jsonb_build_object('base_path', coalesce(options ->> 'base_path', ''),
        'peer_header', lower(options ->> 'peer_header'),
        'trusted_headers', lower(coalesce(options -> 'trusted_headers', '[]')::text)::jsonb);
    endpoint text;
    ours regprocedure;
BEGIN
    PERFORM idplane.postgrest_check(schema, anon_role, options);
    PERFORM idplane.uninstall_postgrest(schema);
    IF to_regnamespace(quote_ident(schema)) IS NULL THEN
        EXECUTE format('CREATE SCHEMA %I', schema);
        EXECUTE format('COMMENT ON SCHEMA %I IS %L', schema, 'idplane: what PostgREST exposes.');
    END IF;
    IF to_regtype(format('%I."*/*"', schema)) IS NULL THEN
        EXECUTE format('CREATE DOMAIN %I."*/*" AS bytea', schema);
        EXECUTE format('COMMENT ON DOMAIN %I."*/*" IS %L', schema, 'idplane: a body whose Content-Type is in response.headers.');
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema, anon_role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION idplane.postgrest_session() TO %I', anon_role);
    FOR endpoint IN SELECT name FROM idplane.postgrest_endpoints() LOOP
        EXECUTE idplane.postgrest_declaration(schema, endpoint, chosen);
        SELECT oid INTO ours FROM pg_proc WHERE proname = endpoint AND pronamespace = to_regnamespace(quote_ident(schema));
        EXECUTE format('COMMENT ON FUNCTION %s IS %L', ours, 'idplane: ' || endpoint);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', ours, anon_role);
    END LOOP;
    RETURN jsonb_build_object('schema', schema, 'anon_role', anon_role, 'functions',
        (SELECT jsonb_agg(name) FROM idplane.postgrest_endpoints()));
END $$;
COMMENT ON FUNCTION idplane.install_postgrest(text, text, jsonb) IS 'Makes the schema that PostgREST exposes, for its anonymous role.';
