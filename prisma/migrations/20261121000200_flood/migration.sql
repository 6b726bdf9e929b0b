-- An inbox that stays readable (C22, C39): what is asked for again finds the request that waits, no agent fills the inbox, and each request
-- says how much is at stake and which others are like it.
ALTER TABLE "organisation"
  ADD COLUMN "inbox_per_agent" integer NOT NULL DEFAULT 100,
  ADD COLUMN "inbox_most" integer NOT NULL DEFAULT 10000,
  ADD CONSTRAINT "organisation_inbox" CHECK ("inbox_per_agent" BETWEEN 1 AND 10000 AND "inbox_most" BETWEEN "inbox_per_agent" AND 100000);

-- `stakes`: the place in lib/decisions/stakes.ts; what waited before counts as high. `alike`: the same for requests of one agent for one tool,
-- held by the same rules with the same at stake, asking the same people. `deed`: the same for what would do the same, whatever it was judged by;
-- a newer one supersedes an older, which then names it and says what changed (lib/decisions/superseded.ts).
ALTER TABLE "approval"
  ADD COLUMN "stakes" smallint NOT NULL DEFAULT 2,
  ADD COLUMN "alike" bytea,
  ADD COLUMN "deed" bytea,
  ADD COLUMN "superseded_by" uuid REFERENCES "action" ("id"),
  ADD COLUMN "changed" text[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT "approval_stakes_known" CHECK ("stakes" BETWEEN 0 AND 3),
  ADD CONSTRAINT "approval_alike_hash" CHECK (octet_length("alike") = 16),
  ADD CONSTRAINT "approval_deed_hash" CHECK (octet_length("deed") = 32),
  ADD CONSTRAINT "approval_superseded_says_why" CHECK ("status" = 'superseded' OR ("superseded_by" IS NULL AND cardinality("changed") = 0));
CREATE INDEX "approval_waiting_of_agent" ON "approval" ("agent_id", "expires_at") WHERE "status" = 'pending' AND "kind" = 'action';
CREATE INDEX "approval_waiting_deed" ON "approval" ("agent_id", "deed") WHERE "status" = 'pending' AND "kind" = 'action';
CREATE INDEX "approval_waiting_alike" ON "approval" ("alike", "expires_at") WHERE "status" = 'pending' AND "kind" = 'action';
-- a retry looks for the request it repeats
CREATE INDEX "action_waiting_same" ON "action" ("agent_id", "sameness") WHERE "status" IN ('held', 'approved');

-- As `20261121000112_limits_told` has it, and two more answers for an item that would be held:
--   same       the action answered in `action` asks for the same and waits, or was approved and not begun: nothing is written
--   full       there is no place left in the inbox answered in `detail`, the agent's share (`agent`) or everybody's (`all`)
-- Both are looked at under one lock an agent, so that of a hundred at once, on any replicas, one is recorded. It comes after the counters and
-- before the keys, in the order of the agents. A share is exact; what everybody has waiting is counted without a lock across agents.
CREATE OR REPLACE FUNCTION decide(
  p_now timestamptz,
  p_epochs bigint[], p_ids uuid[], p_agents uuid[], p_runs uuid[], p_credentials uuid[], p_boundaries uuid[],
  p_decisions text[], p_reasons text[], p_rules text[], p_digests bytea[], p_samenesses bytea[],
  p_grants bytea[], p_grant_ends timestamptz[], p_clean boolean[], p_taints boolean[],
  p_keys bytea[], p_bodies bytea[],
  p_approvals uuid[], p_approval_ends timestamptz[], p_approval_rules jsonb[], p_approval_askers text[],
  p_cap_items integer[], p_cap_windows text[], p_caps bigint[], p_cap_amounts bigint[],
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
  v_taken jsonb := '{}';
  v_at integer;
  v_fresh integer;
  v_run uuid;
  v_same boolean[] := array_fill(false, ARRAY[cardinality(p_ids)]);
  v_share integer;
  v_most integer;
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

  IF true = ANY (p_taints) THEN
    PERFORM 1 FROM run r WHERE r.id IN (SELECT i.run FROM unnest(p_runs, p_taints) AS i(run, taint) WHERE i.taint) ORDER BY r.id FOR NO KEY UPDATE;
  END IF;

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
    v_starts := limit_starts();
    INSERT INTO counter (agent_id, "window", starts_at, used)
      SELECT DISTINCT p_agents[c.item], c.win, (v_starts ->> substring(c.win from '[a-z]+$'))::timestamptz, 0 FROM unnest(p_cap_items, p_cap_windows) AS c(item, win)
       WHERE v_result[c.item] IS NULL ORDER BY 1, 2, 3
      ON CONFLICT DO NOTHING;
    PERFORM 1 FROM counter k
      WHERE (k.agent_id, k."window", k.starts_at) IN (
        SELECT p_agents[c.item], c.win, (v_starts ->> substring(c.win from '[a-z]+$'))::timestamptz FROM unnest(p_cap_items, p_cap_windows) AS c(item, win)
         WHERE v_result[c.item] IS NULL)
      ORDER BY k.agent_id, k."window", k.starts_at FOR UPDATE;
    -- With the counters locked, whatever this agent's other calls took is committed. A key used before answers its action and takes
    -- nothing; of two with one key in this call, the second is made to look again.
    IF EXISTS (SELECT 1 FROM unnest(p_keys) AS k WHERE k IS NOT NULL) THEN
      FOR v_item IN
        SELECT i.at::integer AS at, old.action_id, old.body_hash
          FROM (SELECT k.agent, k.key, k.at, row_number() OVER (PARTITION BY k.agent, k.key ORDER BY k.at) AS nth
                  FROM unnest(p_agents, p_keys) WITH ORDINALITY AS k(agent, key, at) WHERE k.key IS NOT NULL AND v_result[k.at] IS NULL) AS i
          LEFT JOIN idempotency old ON old.agent_id = i.agent AND old.key_hash = i.key AND old.created_at >= clock_timestamp() - interval '24 hours'
         WHERE old.action_id IS NOT NULL OR i.nth > 1
      LOOP
        IF v_item.action_id IS NULL THEN
          v_result[v_item.at] := 'moved';
        ELSE
          v_result[v_item.at] := 'replay';
          v_action[v_item.at] := v_item.action_id;
          v_body[v_item.at] := v_item.body_hash;
        END IF;
      END LOOP;
    END IF;
    IF 1 = ALL (p_cap_amounts) AND NOT EXISTS (SELECT 1 FROM unnest(p_cap_items) AS c(item) WHERE p_decisions[c.item] <> 'allow') THEN
      FOR v_item IN
        SELECT DISTINCT ON (asked.item) asked.item, asked.win, asked.cap FROM (
          SELECT c.item, c.win, c.cap, k.used + row_number() OVER (PARTITION BY k.agent_id, k."window" ORDER BY c.item) > c.cap AS beyond
            FROM unnest(p_cap_items, p_cap_windows, p_caps) AS c(item, win, cap)
            JOIN counter k ON k.agent_id = p_agents[c.item] AND k."window" = c.win AND k.starts_at = (v_starts ->> substring(c.win from '[a-z]+$'))::timestamptz
           WHERE v_result[c.item] IS NULL) AS asked
         WHERE asked.beyond ORDER BY asked.item, asked.win
      LOOP
        v_result[v_item.item] := 'limited';
        v_detail[v_item.item] := v_item.win || ' ' || v_item.cap;
      END LOOP;
    ELSE
      -- Amounts differ, so one that does not fit must not count against the next: item by item, with what the earlier ones took.
      FOR v_item IN
        SELECT c.item, array_agg(c.win ORDER BY c.win) AS wins, array_agg(k.agent_id::text || ' ' || c.win ORDER BY c.win) AS keys,
               array_agg(k.used ORDER BY c.win) AS used, array_agg(c.cap ORDER BY c.win) AS caps, array_agg(c.amount ORDER BY c.win) AS amounts
          FROM unnest(p_cap_items, p_cap_windows, p_caps, p_cap_amounts) AS c(item, win, cap, amount)
          JOIN counter k ON k.agent_id = p_agents[c.item] AND k."window" = c.win AND k.starts_at = (v_starts ->> substring(c.win from '[a-z]+$'))::timestamptz
         WHERE v_result[c.item] IS NULL GROUP BY c.item ORDER BY c.item
      LOOP
        FOR i IN 1 .. cardinality(v_item.wins) LOOP
          IF coalesce((v_taken ->> v_item.keys[i])::bigint, v_item.used[i]) + v_item.amounts[i] > v_item.caps[i] THEN
            v_result[v_item.item] := 'limited';
            v_detail[v_item.item] := v_item.wins[i] || ' ' || coalesce((v_taken ->> v_item.keys[i])::bigint, v_item.used[i]);
            EXIT;
          END IF;
        END LOOP;
        IF v_result[v_item.item] IS NULL AND p_decisions[v_item.item] = 'allow' THEN
          FOR i IN 1 .. cardinality(v_item.wins) LOOP
            v_taken := v_taken || jsonb_build_object(v_item.keys[i], coalesce((v_taken ->> v_item.keys[i])::bigint, v_item.used[i]) + v_item.amounts[i]);
          END LOOP;
        END IF;
      END LOOP;
    END IF;
  END IF;

  IF EXISTS (SELECT 1 FROM unnest(p_approvals, v_result) AS i(approval, result) WHERE i.approval IS NOT NULL AND i.result IS NULL) THEN
    FOR v_item IN
      SELECT DISTINCT i.agent FROM unnest(p_agents, p_approvals) AS i(agent, approval) WHERE i.approval IS NOT NULL ORDER BY 1
    LOOP
      PERFORM pg_advisory_xact_lock(hashtext('inbox'), hashtext(v_item.agent::text));
    END LOOP;
    SELECT coalesce(max(o.inbox_per_agent), 100), coalesce(max(o.inbox_most), 10000) INTO v_share, v_most FROM organisation o;
    FOR v_item IN
      SELECT i.at::integer AS at, old.id
        FROM (SELECT k.at, k.agent, k.run, k.sameness, k.id, first_value(k.id) OVER (PARTITION BY k.agent, k.run, k.sameness ORDER BY k.at) AS first
                FROM unnest(p_agents, p_runs, p_samenesses, p_ids, p_approvals) WITH ORDINALITY AS k(agent, run, sameness, id, approval, at)
               WHERE k.approval IS NOT NULL AND v_result[k.at] IS NULL) AS i
        LEFT JOIN LATERAL (
          SELECT a.id FROM action a JOIN approval p ON p.id = a.approval_id
           WHERE a.agent_id = i.agent AND a.sameness = i.sameness AND a.run_id IS NOT DISTINCT FROM i.run AND a.status IN ('held', 'approved')
             AND ((a.status = 'held' AND p.expires_at > p_now) OR (a.status = 'approved' AND a.grant_hash IS NULL))
           ORDER BY a.id DESC LIMIT 1) AS old ON true
       WHERE old.id IS NOT NULL OR i.first <> i.id
    LOOP
      -- of two alike in this call, the second is made to look again
      IF v_item.id IS NULL THEN
        v_result[v_item.at] := 'moved';
      ELSE
        v_same[v_item.at] := true;
        v_action[v_item.at] := v_item.id;
      END IF;
    END LOOP;
    FOR v_item IN
      SELECT i.at::integer AS at, CASE WHEN i.nth + w.mine > v_share THEN 'agent' ELSE 'all' END AS whose
        FROM (SELECT k.at, k.agent, row_number() OVER (PARTITION BY k.agent ORDER BY k.at) AS nth, row_number() OVER (ORDER BY k.at) AS nth_of_all
                FROM unnest(p_agents, p_approvals) WITH ORDINALITY AS k(agent, approval, at)
               WHERE k.approval IS NOT NULL AND v_result[k.at] IS NULL AND NOT v_same[k.at]) AS i
        CROSS JOIN LATERAL (SELECT count(*) AS mine FROM (SELECT 1 FROM approval p WHERE p.agent_id = i.agent AND p.status = 'pending' AND p.kind = 'action'
                                                             AND p.expires_at > p_now LIMIT v_share) AS those) AS w
        CROSS JOIN (SELECT count(*) AS every FROM (SELECT 1 FROM approval p WHERE p.status = 'pending' AND p.kind = 'action'
                                                      AND p.expires_at > p_now LIMIT v_most) AS those) AS o
       WHERE i.nth + w.mine > v_share OR i.nth_of_all + o.every > v_most
    LOOP
      v_result[v_item.at] := 'full';
      v_detail[v_item.at] := v_item.whose;
    END LOOP;
  END IF;

  -- a key used within 24 hours answers the action it was used for; an older one is as good as new
  FOR v_at IN
    SELECT i.at::integer FROM unnest(p_agents, p_keys) WITH ORDINALITY AS i(agent, key, at)
     WHERE i.key IS NOT NULL AND v_result[i.at] IS NULL ORDER BY i.agent, i.key
  LOOP
    INSERT INTO idempotency AS old (agent_id, key_hash, body_hash, action_id) VALUES (p_agents[v_at], p_keys[v_at], p_bodies[v_at], v_action[v_at])
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

  IF true = ANY (v_same) THEN
    FOR i IN 1 .. v_count LOOP
      IF v_same[i] AND v_result[i] IS NULL THEN v_result[i] := 'same'; END IF;
    END LOOP;
  END IF;

  v_fresh := (SELECT count(*) FROM unnest(v_result) AS r WHERE r IS NULL);
  IF v_fresh > 0 THEN
    -- who asked, where the agent names one of our people: they will not be the one who answers
    INSERT INTO approval (id, kind, subject_id, digest, agent_id, requester_id, seats, stakes, alike, deed, rule, expires_at)
      SELECT i.approval, 'action', i.id, i.digest, i.agent, (SELECT p.id FROM person p WHERE p.email = lower(i.asker)), (i.rule ->> 'seats')::integer,
             coalesce((i.rule ->> 'stakes')::smallint, 2), decode(i.rule ->> 'alike', 'hex'), decode(i.rule ->> 'deed', 'hex'),
             i.rule - 'stakes' - 'alike' - 'deed', i.ends
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
        FROM (SELECT p_agents[c.item] AS agent, c.win, sum(c.amount) AS calls
                FROM unnest(p_cap_items, p_cap_windows, p_cap_amounts) AS c(item, win, amount) WHERE v_result[c.item] IS NULL AND p_decisions[c.item] = 'allow' GROUP BY 1, 2) AS c
       WHERE k.agent_id = c.agent AND k."window" = c.win AND k.starts_at = (v_starts ->> substring(c.win from '[a-z]+$'))::timestamptz;
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
