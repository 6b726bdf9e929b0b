-- What the explorer searches by (ADR 0011). Single-column indexes: equal keys share one, so that a value costs some 8 bytes an
-- entry where (value, id) costs 45; the order of a page comes from the primary key, over windows of the log (lib/audit/store-search.ts).

-- What the agent said of its reasons (C27), and the amount it moves: each a field, where it was said. They die with the projection.
ALTER TABLE ledger.projection
  ADD COLUMN signals    text[],
  ADD COLUMN intel      text[],
  ADD COLUMN skill      text,
  ADD COLUMN confidence double precision,
  ADD COLUMN amount     numeric;

-- The words of a text, for an index and for a question alike: what is not a letter or a digit separates. By ASCII alone,
-- since classes of other characters depend on a database's locale.
CREATE FUNCTION ledger.words(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT btrim(regexp_replace(lower(said), '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+', ' ', 'g'))
$$;
-- The costs are what they were measured to take, so that no plan computes them for every row of a large window.
CREATE FUNCTION ledger.document(
  tool text, resource_type text, resource_id text, requester text, sentence text, signals text[], intel text[], skill text
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 4000 SET search_path = pg_catalog AS $$
  SELECT to_tsvector('pg_catalog.simple'::regconfig, ledger.words(concat_ws(' ', tool, resource_type, resource_id, requester, sentence,
    array_to_string(signals, ' '), array_to_string(intel, ' '), skill)))
$$;

-- What an entry's bytes say beside its columns, as words: `owner:<id>`, `rule:never`, `rule:never[0]`, `access:write`,
-- `boundary:4`, `tool:edr.isolate_host`, `tool:` of a tool no catalogue knows, `label:drill`. Null for bytes that are no JSON: verification names those.
CREATE FUNCTION ledger.marks(envelope bytea) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 800 SET search_path = pg_catalog AS $$
DECLARE
  said jsonb := convert_from(envelope, 'UTF8')::jsonb;
  marks text[];
BEGIN
  marks := array_remove(ARRAY[
    'owner:' || (said ->> 'owner'),
    'rule:' || (said ->> 'rule'),
    'rule:' || split_part(said ->> 'rule', '[', 1),
    'access:' || (said #>> '{class,access}'),
    'boundary:' || (said #>> '{boundary,version}'),
    'tool:' || lower(coalesce(said ->> 'tool', CASE said ->> 'kind' WHEN 'action.decided' THEN '' END))], NULL);
  IF jsonb_typeof(said -> 'labels') = 'array' THEN
    marks := marks || ARRAY(SELECT 'label:' || label FROM jsonb_array_elements_text(said -> 'labels') AS label);
  END IF;
  RETURN marks;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;

CREATE INDEX entry_kind ON ledger.entry (kind);
CREATE INDEX entry_reason ON ledger.entry (reason_code) WHERE reason_code IS NOT NULL;
CREATE INDEX entry_run ON ledger.entry (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX entry_person ON ledger.entry (person_id) WHERE person_id IS NOT NULL;
-- A short list of what is not sorted in yet: whoever fills it up sorts it in, and that is a batch of decisions.
CREATE INDEX entry_marks ON ledger.entry USING gin (ledger.marks(envelope)) WITH (gin_pending_list_limit = 256);
-- (outcome, id) becomes outcome: the pages of one outcome are found by windows too
CREATE INDEX entry_outcome_alone ON ledger.entry (outcome) WHERE outcome IS NOT NULL;
DROP INDEX ledger.entry_outcome;

CREATE INDEX projection_tool ON ledger.projection (lower(tool) text_pattern_ops) WHERE tool IS NOT NULL;
CREATE INDEX projection_requester ON ledger.projection (lower(requester) text_pattern_ops) WHERE requester IS NOT NULL;
CREATE INDEX projection_amount ON ledger.projection (amount) WHERE amount IS NOT NULL;
CREATE INDEX projection_confidence ON ledger.projection (confidence) WHERE confidence IS NOT NULL;
CREATE INDEX projection_words ON ledger.projection
  USING gin (ledger.document(tool, resource_type, resource_id, requester, sentence, signals, intel, skill)) WITH (gin_pending_list_limit = 256);

-- The planner knows no distances between ids and takes what lies between two marks of its histogram for nothing. With ten times as many
-- marks it sees what a window holds, and takes the index of a rare value there instead of reading the window.
ALTER TABLE ledger.entry ALTER COLUMN id SET STATISTICS 1000;
ALTER TABLE ledger.projection ALTER COLUMN entry_id SET STATISTICS 1000;

-- As `20261120000002_ledger` has it, with those marks for the months to come.
CREATE OR REPLACE FUNCTION ledger.make_partitions(ahead integer DEFAULT 13) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET timezone = 'UTC' AS $$
DECLARE
  parent text;
  month timestamptz;
  partition text;
  made integer := 0;
BEGIN
  IF ahead NOT BETWEEN 0 AND 120 THEN RAISE EXCEPTION 'ledger.make_partitions: 0 to 120 months' USING ERRCODE = '22023'; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.make_partitions', 0));
  FOR month IN SELECT generate_series(date_trunc('month', now() - interval '1 day'), date_trunc('month', now()) + ahead * interval '1 month', interval '1 month') LOOP
    FOREACH parent IN ARRAY ARRAY['entry', 'payload', 'projection'] LOOP
      partition := parent || '_' || to_char(month, 'YYYY_MM');
      CONTINUE WHEN to_regclass('ledger.' || partition) IS NOT NULL;
      EXECUTE format('CREATE TABLE ledger.%I (LIKE ledger.%I INCLUDING ALL)', partition, parent);
      EXECUTE format('ALTER TABLE ledger.%I ATTACH PARTITION ledger.%I FOR VALUES FROM (%L) TO (%L)', parent, partition,
        ledger.first_id(month), ledger.first_id(month + interval '1 month'));
      EXECUTE format('ALTER TABLE ledger.%I ALTER COLUMN %I SET STATISTICS 1000', partition, CASE parent WHEN 'entry' THEN 'id' ELSE 'entry_id' END);
      PERFORM ledger.guard_statements(partition, parent = 'entry');
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

-- ---------------------------------------------------------------- writing them

-- What lists search beside the columns of the first release, from `{signals, intel, skill, confidence, amount}`.
CREATE FUNCTION ledger.project(
  ids uuid[], tools text[], resource_types text[], resource_ids text[], requesters text[], requester_proofs text[], sentences text[], said jsonb[]
) RETURNS void LANGUAGE sql AS $$
  INSERT INTO ledger.projection (entry_id, tool, resource_type, resource_id, requester, requester_proof, sentence, signals, intel, skill, confidence, amount)
    SELECT p.entry_id, p.tool, p.resource_type, p.resource_id, p.requester, p.requester_proof, p.sentence,
           CASE WHEN p.said ? 'signals' THEN ARRAY(SELECT jsonb_array_elements_text(p.said -> 'signals')) END,
           CASE WHEN p.said ? 'intel' THEN ARRAY(SELECT jsonb_array_elements_text(p.said -> 'intel')) END,
           p.said ->> 'skill', (p.said ->> 'confidence')::double precision, (p.said ->> 'amount')::numeric
      FROM unnest(ids, tools, resource_types, resource_ids, requesters, requester_proofs, sentences, said)
        AS p(entry_id, tool, resource_type, resource_id, requester, requester_proof, sentence, said)
     WHERE num_nonnulls(p.tool, p.resource_type, p.resource_id, p.requester, p.requester_proof, p.sentence, p.said) > 0
$$;

-- `ledger.append` and `decide` with what an agent said of its reasons. Those without it stay for the replicas of the release before.
CREATE FUNCTION ledger.append(
  ids uuid[], envelopes bytea[], subject_keys uuid[], ciphertexts bytea[], tools text[], resource_types text[],
  resource_ids text[], requesters text[], requester_proofs text[], sentences text[], said jsonb[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger.entry (id, envelope) SELECT * FROM unnest(ids, envelopes);
  INSERT INTO ledger.payload (entry_id, subject_key_id, ciphertext)
    SELECT * FROM unnest(ids, subject_keys, ciphertexts) AS p(entry_id, subject_key_id, ciphertext) WHERE p.ciphertext IS NOT NULL;
  PERFORM ledger.project(ids, tools, resource_types, resource_ids, requesters, requester_proofs, sentences, said);
END $$;

CREATE OR REPLACE FUNCTION ledger.append(entry_id uuid, envelope bytea, subject_key uuid, ciphertext bytea, projection jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger.entry (id, envelope) VALUES (append.entry_id, append.envelope);
  IF append.ciphertext IS NOT NULL THEN
    INSERT INTO ledger.payload (entry_id, subject_key_id, ciphertext) VALUES (append.entry_id, append.subject_key, append.ciphertext);
  END IF;
  IF jsonb_typeof(append.projection) = 'object' THEN
    PERFORM ledger.project(ARRAY[append.entry_id], ARRAY[append.projection ->> 'tool'], ARRAY[append.projection ->> 'resource_type'],
      ARRAY[append.projection ->> 'resource_id'], ARRAY[append.projection ->> 'requester'], ARRAY[append.projection ->> 'requester_proof'],
      ARRAY[append.projection ->> 'sentence'],
      ARRAY[nullif(jsonb_strip_nulls(append.projection) - ARRAY['tool', 'resource_type', 'resource_id', 'requester', 'requester_proof', 'sentence'], '{}'::jsonb)]);
  END IF;
END $$;

-- As `20261120000004_decide` explains it, with `p_said` beside the sentences.
CREATE FUNCTION decide(
  p_now timestamptz,
  p_epochs bigint[], p_ids uuid[], p_agents uuid[], p_runs uuid[], p_credentials uuid[], p_boundaries uuid[],
  p_decisions text[], p_reasons text[], p_rules text[], p_digests bytea[], p_samenesses bytea[],
  p_grants bytea[], p_grant_ends timestamptz[], p_clean boolean[], p_taints boolean[],
  p_keys bytea[], p_bodies bytea[],
  p_approvals uuid[], p_approval_ends timestamptz[], p_approval_rules jsonb[], p_approval_askers text[],
  p_cap_items integer[], p_cap_windows text[], p_caps integer[],
  p_envelopes bytea[], p_subject_keys uuid[], p_ciphertexts bytea[], p_tools text[], p_resource_types text[],
  p_resource_ids text[], p_requesters text[], p_requester_proofs text[], p_sentences text[], p_said jsonb[]
) RETURNS TABLE (at integer, result text, epoch bigint, action uuid, body bytea, detail text)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  v_count integer := cardinality(p_ids);
  v_result text[] := array_fill(NULL::text, ARRAY[cardinality(p_ids)]);
  v_detail text[] := array_fill(NULL::text, ARRAY[cardinality(p_ids)]);
  v_action uuid[] := p_ids;
  v_body bytea[] := p_bodies;
  v_epoch bigint;
  v_starts jsonb;
  v_at integer;
  v_fresh integer;
  v_run uuid;
  v_item record;
BEGIN
  IF abs(extract(epoch FROM clock_timestamp() - p_now)) > 2 THEN
    RAISE EXCEPTION 'the clocks of the server and the database differ' USING ERRCODE = 'CS001';
  END IF;
  PERFORM gate_enter();

  SELECT g.epoch INTO v_epoch FROM gate g WHERE g.id = 1;
  FOR i IN 1 .. v_count LOOP
    IF p_epochs[i] IS DISTINCT FROM v_epoch THEN v_result[i] := 'moved'; END IF;
  END LOOP;

  -- what does not move the epoch: the taint of runs and agents, and the end of runs
  FOR v_item IN
    SELECT i.at::integer AS at,
           i.run IS NOT NULL AND (r.id IS NULL OR r.agent_id <> i.agent OR r.closed_at IS NOT NULL OR r.lease_until <= clock_timestamp()) AS ended,
           i.clean AND (r.tainted_at IS NOT NULL OR (i.run IS NULL AND a.tainted_until > clock_timestamp())) AS tainted
      FROM unnest(p_runs, p_agents, p_clean) WITH ORDINALITY AS i(run, agent, clean, at)
      JOIN agent a ON a.id = i.agent
      LEFT JOIN run r ON r.id = i.run
  LOOP
    IF v_result[v_item.at] IS NULL THEN
      IF v_item.ended THEN v_result[v_item.at] := 'run_ended';
      ELSIF v_item.tainted THEN v_result[v_item.at] := 'tainted';
      END IF;
    END IF;
  END LOOP;

  IF cardinality(p_cap_items) > 0 THEN
    -- minutes and hours begin with the clock, days with the organisation's
    v_starts := (SELECT jsonb_build_object('minute', date_trunc('minute', now()), 'hour', date_trunc('hour', now()),
        'day', date_trunc('day', now() AT TIME ZONE o.time_zone) AT TIME ZONE o.time_zone) FROM organisation o);
    INSERT INTO counter (agent_id, "window", starts_at, used)
      SELECT DISTINCT p_agents[c.item], c.win, (v_starts ->> c.win)::timestamptz, 0 FROM unnest(p_cap_items, p_cap_windows) AS c(item, win)
       WHERE v_result[c.item] IS NULL ORDER BY 1, 2, 3
      ON CONFLICT DO NOTHING;
    PERFORM 1 FROM counter k
      WHERE (k.agent_id, k."window", k.starts_at) IN (
        SELECT p_agents[c.item], c.win, (v_starts ->> c.win)::timestamptz FROM unnest(p_cap_items, p_cap_windows) AS c(item, win)
         WHERE v_result[c.item] IS NULL)
      ORDER BY k.agent_id, k."window", k.starts_at FOR UPDATE;
    FOR v_item IN
      SELECT DISTINCT ON (asked.item) asked.item, asked.win FROM (
        SELECT c.item, c.win, k.used + row_number() OVER (PARTITION BY k.agent_id, k."window" ORDER BY c.item) > c.cap AS beyond
          FROM unnest(p_cap_items, p_cap_windows, p_caps) AS c(item, win, cap)
          JOIN counter k ON k.agent_id = p_agents[c.item] AND k."window" = c.win AND k.starts_at = (v_starts ->> c.win)::timestamptz
         WHERE v_result[c.item] IS NULL) AS asked
       WHERE asked.beyond ORDER BY asked.item, asked.win
    LOOP
      v_result[v_item.item] := 'limited';
      v_detail[v_item.item] := v_item.win;
    END LOOP;
  END IF;

  -- a key used within 24 hours answers the action it was used for; an older one is as good as new
  FOR v_at IN
    SELECT i.at::integer FROM unnest(p_agents, p_keys) WITH ORDINALITY AS i(agent, key, at)
     WHERE i.key IS NOT NULL AND v_result[i.at] IS NULL ORDER BY i.agent, i.key
  LOOP
    INSERT INTO idempotency AS old (agent_id, key_hash, body_hash, action_id) VALUES (p_agents[v_at], p_keys[v_at], p_bodies[v_at], p_ids[v_at])
      ON CONFLICT (agent_id, key_hash) DO UPDATE SET body_hash = EXCLUDED.body_hash, action_id = EXCLUDED.action_id, created_at = clock_timestamp()
      WHERE old.created_at < clock_timestamp() - interval '24 hours';
    IF NOT FOUND THEN
      SELECT old.action_id, old.body_hash INTO v_item FROM idempotency old
        WHERE old.agent_id = p_agents[v_at] AND old.key_hash = p_keys[v_at];
      v_action[v_at] := v_item.action_id;
      v_body[v_at] := v_item.body_hash;
      v_result[v_at] := 'replay';
    END IF;
  END LOOP;

  v_fresh := (SELECT count(*) FROM unnest(v_result) AS r WHERE r IS NULL);
  IF v_fresh > 0 THEN
    -- who asked, where the agent names one of our people: they will not be the one who answers
    INSERT INTO approval (id, kind, subject_id, digest, agent_id, requester_id, seats, rule, expires_at)
      SELECT i.approval, 'action', i.id, i.digest, i.agent, (SELECT p.id FROM person p WHERE p.email = lower(i.asker)), (i.rule ->> 'seats')::integer, i.rule, i.ends
        FROM unnest(p_approvals, p_ids, p_digests, p_agents, p_approval_askers, p_approval_rules, p_approval_ends)
             WITH ORDINALITY AS i(approval, id, digest, agent, asker, rule, ends, at)
       WHERE v_result[i.at] IS NULL AND i.approval IS NOT NULL;
    INSERT INTO action (id, agent_id, run_id, credential_id, boundary_id, approval_id, status, decision, reason_code, rule, epoch, digest, sameness, grant_hash, grant_expires_at)
      SELECT i.id, i.agent, i.run, i.credential, i.boundary, i.approval,
             CASE i.decision WHEN 'allow' THEN 'allowed' WHEN 'hold' THEN 'held' ELSE 'forbidden' END,
             i.decision, i.reason, i.rule, v_epoch, i.digest, i.sameness, i.grant_hash, i.grant_ends
        FROM unnest(p_ids, p_agents, p_runs, p_credentials, p_boundaries, p_approvals, p_decisions, p_reasons, p_rules, p_digests, p_samenesses, p_grants, p_grant_ends)
             WITH ORDINALITY AS i(id, agent, run, credential, boundary, approval, decision, reason, rule, digest, sameness, grant_hash, grant_ends, at)
       WHERE v_result[i.at] IS NULL;
    IF cardinality(p_cap_items) > 0 THEN
      UPDATE counter k SET used = k.used + c.calls
        FROM (SELECT p_agents[c.item] AS agent, c.win, count(*) AS calls
                FROM unnest(p_cap_items, p_cap_windows) AS c(item, win) WHERE v_result[c.item] IS NULL GROUP BY 1, 2) AS c
       WHERE k.agent_id = c.agent AND k."window" = c.win AND k.starts_at = (v_starts ->> c.win)::timestamptz;
    END IF;
    -- taint stays with the run, and with its agent for an hour longer, so that opening another run does not shed it
    IF true = ANY (p_taints) THEN
      FOR v_run IN
        SELECT DISTINCT i.run FROM unnest(p_runs, p_taints) WITH ORDINALITY AS i(run, taint, at) WHERE i.taint AND i.run IS NOT NULL AND v_result[i.at] IS NULL ORDER BY 1
      LOOP
        UPDATE run SET tainted_at = clock_timestamp() WHERE id = v_run AND tainted_at IS NULL;
      END LOOP;
      FOR v_item IN
        SELECT i.agent, greatest(max(r.lease_until), clock_timestamp()) + interval '1 hour' AS until
          FROM unnest(p_agents, p_runs, p_taints) WITH ORDINALITY AS i(agent, run, taint, at) LEFT JOIN run r ON r.id = i.run
         WHERE i.taint AND v_result[i.at] IS NULL GROUP BY i.agent ORDER BY i.agent
      LOOP
        UPDATE agent SET tainted_until = v_item.until
          WHERE id = v_item.agent AND (tainted_until IS NULL OR tainted_until < v_item.until - interval '1 minute');
      END LOOP;
    END IF;
    IF v_fresh = v_count THEN
      PERFORM ledger.append(p_ids, p_envelopes, p_subject_keys, p_ciphertexts, p_tools, p_resource_types, p_resource_ids, p_requesters, p_requester_proofs, p_sentences, p_said);
    ELSE
      PERFORM ledger.append(array_agg(i.id), array_agg(i.envelope), array_agg(i.subject), array_agg(i.ciphertext), array_agg(i.tool), array_agg(i.resource_type),
                            array_agg(i.resource_id), array_agg(i.requester), array_agg(i.proof), array_agg(i.sentence), array_agg(i.said))
        FROM unnest(p_ids, p_envelopes, p_subject_keys, p_ciphertexts, p_tools, p_resource_types, p_resource_ids, p_requesters, p_requester_proofs, p_sentences, p_said)
             WITH ORDINALITY AS i(id, envelope, subject, ciphertext, tool, resource_type, resource_id, requester, proof, sentence, said, at)
       WHERE v_result[i.at] IS NULL;
    END IF;
  END IF;

  FOR i IN 1 .. v_count LOOP
    at := i; result := coalesce(v_result[i], 'recorded'); epoch := v_epoch; action := v_action[i]; body := v_body[i]; detail := v_detail[i];
    RETURN NEXT;
  END LOOP;
END $$;

-- ---------------------------------------------------------------- who may what

REVOKE ALL ON FUNCTION decide(timestamptz, bigint[], uuid[], uuid[], uuid[], uuid[], uuid[], text[], text[], text[], bytea[], bytea[], bytea[], timestamptz[], boolean[], boolean[], bytea[], bytea[], uuid[], timestamptz[], jsonb[], text[], integer[], text[], integer[], bytea[], uuid[], bytea[], text[], text[], text[], text[], text[], text[], jsonb[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger.words(text), ledger.document(text, text, text, text, text, text[], text[], text), ledger.marks(bytea),
  ledger.append(uuid[], bytea[], uuid[], bytea[], text[], text[], text[], text[], text[], text[], jsonb[]), ledger.project(uuid[], text[], text[], text[], text[], text[], text[], jsonb[]) FROM PUBLIC;
DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  jobs text := coalesce(nullif(current_setting('countersign.role_jobs', true), ''), current_database() || '_jobs');
BEGIN
  -- the indexes call them as whoever inserts
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.words(text), ledger.document(text, text, text, text, text, text[], text[], text), ledger.marks(bytea) TO %I, %I', app, jobs);
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.append(uuid[], bytea[], uuid[], bytea[], text[], text[], text[], text[], text[], text[], jsonb[]), ledger.project(uuid[], text[], text[], text[], text[], text[], text[], jsonb[]) TO %I, %I', app, jobs);
  EXECUTE format('GRANT EXECUTE ON FUNCTION decide(timestamptz, bigint[], uuid[], uuid[], uuid[], uuid[], uuid[], text[], text[], text[], bytea[], bytea[], bytea[], timestamptz[], boolean[], boolean[], bytea[], bytea[], uuid[], timestamptz[], jsonb[], text[], integer[], text[], integer[], bytea[], uuid[], bytea[], text[], text[], text[], text[], text[], text[], jsonb[]) TO %I', app);
  EXECUTE format('GRANT INSERT (signals, intel, skill, confidence, amount) ON ledger.projection TO %I, %I', app, jobs);
END $$;
