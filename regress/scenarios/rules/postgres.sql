-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE public.rule (event text, client_id text, answer text);
CREATE TABLE public.rule_definition (definition text);
INSERT INTO public.rule_definition VALUES ('public.rule_of');
CREATE FUNCTION public.rule_of(request jsonb) RETURNS jsonb LANGUAGE sql STABLE AS
    $$ SELECT r.answer::jsonb FROM public.rule r WHERE r.event = request ->> 'event' AND r.client_id = coalesce(request -> 'client' ->> 'client_id', request ->> 'enrollment') $$;
