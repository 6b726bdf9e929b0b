-- The hot path (DESIGN §4): the calls that may end in an allow. Each is one autocommit statement that takes lock K shared and
-- only then, in later statements, reads what it depends on; so a halt that has returned is seen by every one of them. None
-- of them NOTIFYs or queues a job: that cut throughput from 20,000 to 4,700 a second.

-- What the jobs look for: actions that were begun, or approved, and never ended.
CREATE INDEX "action_claimed" ON "action" ("grant_used_at") WHERE "status" = 'claimed';
CREATE INDEX "action_approved" ON "action" ("id") WHERE "status" = 'approved';

-- Every path to an allow begins here.
CREATE FUNCTION gate_enter() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the gate needs read committed' USING ERRCODE = '25001';
  END IF;
  PERFORM pg_advisory_xact_lock_shared(gate_key());
END $$;

-- Decides a batch: records every item whose facts still stand, and touches nothing for the others. The arrays run in parallel, one
-- element an item; `p_cap_*` has one element for each limit that an allowed item counts against.
--
-- Answers one row an item, in order:
--   recorded   the action, its approval if it is held, its entry and its counters are written
--   moved      the gate's epoch is no longer the one the item was judged under (answered in `epoch`)
--   tainted    the item was judged clean, and its run (without a run: its agent) is not
--   run_ended  the run is not one of the agent's, has ended, or its lease ran out
--   limited    it would pass the limit of the window answered in `detail`
--   replay     its idempotency key belongs to the action answered in `action`, with the body hash answered in `body`
--
-- Locks are taken in one order everywhere (K, counters, idempotency keys, runs, agents; each by key), so that batches never
-- wait for each other in a circle: unordered ones deadlocked 12 of 600 times.
CREATE FUNCTION decide(
  p_now timestamptz,
  p_epochs bigint[], p_ids uuid[], p_agents uuid[], p_runs uuid[], p_credentials uuid[], p_boundaries uuid[],
  p_decisions text[], p_reasons text[], p_rules text[], p_digests bytea[], p_samenesses bytea[],
  p_grants bytea[], p_grant_ends timestamptz[], p_clean boolean[], p_taints boolean[],
  p_keys bytea[], p_bodies bytea[],
  p_approvals uuid[], p_approval_ends timestamptz[], p_approval_rules jsonb[], p_approval_askers text[],
  p_cap_items integer[], p_cap_windows text[], p_caps integer[],
  p_envelopes bytea[], p_subject_keys uuid[], p_ciphertexts bytea[], p_tools text[], p_resource_types text[],
  p_resource_ids text[], p_requesters text[], p_requester_proofs text[], p_sentences text[]
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
      PERFORM ledger.append(p_ids, p_envelopes, p_subject_keys, p_ciphertexts, p_tools, p_resource_types, p_resource_ids, p_requesters, p_requester_proofs, p_sentences);
    ELSE
      PERFORM ledger.append(array_agg(i.id), array_agg(i.envelope), array_agg(i.subject), array_agg(i.ciphertext), array_agg(i.tool), array_agg(i.resource_type),
                            array_agg(i.resource_id), array_agg(i.requester), array_agg(i.proof), array_agg(i.sentence))
        FROM unnest(p_ids, p_envelopes, p_subject_keys, p_ciphertexts, p_tools, p_resource_types, p_resource_ids, p_requesters, p_requester_proofs, p_sentences)
             WITH ORDINALITY AS i(id, envelope, subject, ciphertext, tool, resource_type, resource_id, requester, proof, sentence, at)
       WHERE v_result[i.at] IS NULL;
    END IF;
  END IF;

  FOR i IN 1 .. v_count LOOP
    at := i; result := coalesce(v_result[i], 'recorded'); epoch := v_epoch; action := v_action[i]; body := v_body[i]; detail := v_detail[i];
    RETURN NEXT;
  END LOOP;
END $$;

-- Why an unused grant no longer stands; null when it does. Called under K, after it.
--   used | expired | revoked | halted
CREATE FUNCTION grant_refusal(p_action uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN a.status NOT IN ('allowed', 'approved') OR a.grant_used_at IS NOT NULL THEN 'used'
    WHEN EXISTS (SELECT 1 FROM halt h WHERE h.lifted_at IS NULL AND CASE h.scope
        WHEN 'agent' THEN h.target = g.id::text WHEN 'team' THEN h.target = g.team_id::text WHEN 'environment' THEN h.target = g.environment
        WHEN 'run' THEN h.target = a.run_id::text ELSE true END) THEN 'halted'
    WHEN a.epoch < greatest(e.revoked_epoch, g.revoked_epoch) OR g.state <> 'active' THEN 'revoked'
    -- decided while there was still an owner (5 s: an id's time is the replica's clock); afterwards the gate itself contains the agent
    WHEN o.deactivated_at > to_timestamp(('x' || translate(left(a.id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) - interval '5 seconds' THEN 'revoked'
    WHEN a.grant_expires_at IS NULL OR a.grant_expires_at <= clock_timestamp() THEN 'expired'
  END
  FROM action a JOIN agent g ON g.id = a.agent_id JOIN person o ON o.id = g.owner_id, gate e
  WHERE a.id = p_action
$$;

-- Consumes a grant: claimed, once, with its entry; or answers why not, and changes nothing.
CREATE FUNCTION grant_consume(p_action uuid, p_grant bytea, p_entry uuid, p_envelope bytea) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_refusal text; v_hash bytea;
BEGIN
  PERFORM gate_enter();
  SELECT grant_hash INTO v_hash FROM action WHERE id = p_action FOR UPDATE;
  IF v_hash IS DISTINCT FROM p_grant THEN RETURN 'unknown'; END IF;
  v_refusal := grant_refusal(p_action);
  IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;
  UPDATE action SET status = 'claimed', grant_used_at = clock_timestamp() WHERE id = p_action;
  PERFORM ledger.append(p_entry, p_envelope, NULL::uuid, NULL::bytea, NULL::jsonb);
  RETURN 'consumed';
END $$;

-- Gives the grant of an approved action after the gate ran again, or gives that of an allowed one anew to a client that lost the
-- answer. The one before it is void. Answers granted, moved, tainted, or why not (a status, or grant_refusal's word).
CREATE FUNCTION grant_give(
  p_now timestamptz, p_action uuid, p_agent uuid, p_epoch bigint, p_boundary uuid, p_clean boolean, p_grant bytea, p_ends timestamptz, p_entry uuid, p_envelope bytea
) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_action action%ROWTYPE; v_refusal text; v_approved boolean;
BEGIN
  IF abs(extract(epoch FROM clock_timestamp() - p_now)) > 2 THEN
    RAISE EXCEPTION 'the clocks of the server and the database differ' USING ERRCODE = 'CS001';
  END IF;
  PERFORM gate_enter();
  IF p_epoch IS DISTINCT FROM (SELECT epoch FROM gate WHERE id = 1) THEN RETURN 'moved'; END IF;
  SELECT * INTO v_action FROM action WHERE id = p_action AND agent_id = p_agent FOR UPDATE;
  IF NOT FOUND THEN RETURN 'not_found'; END IF;
  IF v_action.status NOT IN ('allowed', 'approved') OR v_action.grant_used_at IS NOT NULL THEN RETURN v_action.status; END IF;
  IF p_clean AND (EXISTS (SELECT 1 FROM run r WHERE r.id = v_action.run_id AND r.tainted_at IS NOT NULL) OR
    (v_action.run_id IS NULL AND EXISTS (SELECT 1 FROM agent g WHERE g.id = p_agent AND g.tainted_until > clock_timestamp()))) THEN RETURN 'tainted'; END IF;
  IF v_action.run_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM run r WHERE r.id = v_action.run_id AND r.closed_at IS NULL AND r.lease_until > clock_timestamp()) THEN RETURN 'run_ended'; END IF;
  IF v_action.status = 'allowed' THEN
    v_refusal := grant_refusal(p_action);
    IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;
    UPDATE action SET grant_hash = p_grant WHERE id = p_action;
  ELSE
    SELECT status = 'approved' INTO v_approved FROM approval WHERE id = v_action.approval_id FOR SHARE;
    IF v_approved IS NOT TRUE THEN RETURN 'superseded'; END IF;
    -- stopped since the verdict, even if it was lifted again: the caller looks anew, and finds that it takes a fresh look
    IF v_action.epoch < (SELECT greatest(e.revoked_epoch, g.revoked_epoch) FROM gate e, agent g WHERE g.id = p_agent) THEN RETURN 'moved'; END IF;
    UPDATE action SET grant_hash = p_grant, grant_expires_at = p_ends, epoch = p_epoch, boundary_id = p_boundary WHERE id = p_action;
  END IF;
  PERFORM ledger.append(p_entry, p_envelope, NULL::uuid, NULL::bytea, NULL::jsonb);
  RETURN 'granted';
END $$;

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  made text;
BEGIN
  FOR made IN SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname IN ('gate_enter', 'decide', 'grant_refusal', 'grant_consume', 'grant_give')
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', made, app);
  END LOOP;
END $$;
