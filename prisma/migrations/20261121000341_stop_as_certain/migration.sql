-- Taking back what a lift let go, and saying that the halt of a drill is real, are as certain as engaging (ADR 0041): they wait for no row that
-- somebody else may hold, count nothing while they hold lock K, and need no entry where the ledger cannot be written.

-- how a stop that was not recorded at once came: by engaging its halt anew, or by the button that stops the lift
ALTER TABLE "halt_stage" ADD COLUMN "engaged_again" BOOLEAN NOT NULL DEFAULT true;
-- somebody said that the halt of a drill is real: what people had agreed to about lifting it is void from then on
ALTER TABLE "halt" ADD COLUMN "kept_at" TIMESTAMPTZ(3);

-- What a stage did until it ended, or until now: otherwise as `20261121000275_staged_lift` has it.
CREATE FUNCTION halt_stage_shown(p_agents uuid[], p_since timestamptz, p_until timestamptz) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  WITH span AS (
    SELECT (lpad(to_hex((extract(epoch FROM p_since) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid AS first,
      (lpad(to_hex((extract(epoch FROM coalesce(p_until, 'epoch'::timestamptz + interval '1000 years')) * 1000)::bigint), 12, '0') || 'ffffffffffffffffffff')::uuid AS last),
  did AS (
    SELECT a.agent_id, a.decision, a.status FROM action a
      WHERE a.id >= (SELECT first FROM span) AND a.id <= (SELECT last FROM span) AND a.agent_id = ANY (p_agents)),
  raised AS (
    SELECT acknowledged_at FROM alert WHERE agent_id = ANY (p_agents) AND last_at >= p_since AND (p_until IS NULL OR first_at <= p_until))
  SELECT jsonb_build_object('agents', cardinality(p_agents), 'back', (SELECT count(DISTINCT agent_id) FROM did), 'decisions', (SELECT count(*) FROM did),
    'allowed', (SELECT count(*) FROM did WHERE decision = 'allow'), 'held', (SELECT count(*) FROM did WHERE decision = 'hold'),
    'refused', (SELECT count(*) FROM did WHERE decision = 'forbid'), 'failed', (SELECT count(*) FROM did WHERE status IN ('failed', 'unknown')),
    'alerts', (SELECT count(*) FROM raised), 'open_alerts', (SELECT count(*) FROM raised WHERE acknowledged_at IS NULL))
$$;

-- Whoever stops a lift does not wait until what its stage did is counted: a job notes it.
CREATE OR REPLACE FUNCTION halt_stage_end(p_halt uuid, p_how text, p_by uuid) RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog, public AS $$
  UPDATE halt_stage SET ended_at = clock_timestamp(), ended_how = p_how, ended_by = p_by,
      shown = CASE WHEN p_how <> 'stopped' THEN halt_stage_shown(agents, begun_at, NULL) END
    WHERE halt_id = p_halt AND ended_at IS NULL
$$;
CREATE INDEX "halt_stage_unnoted" ON "halt_stage" ("ended_at") WHERE "shown" IS NULL AND "ended_at" IS NOT NULL;

-- Notes what stages had shown that somebody stopped; answers how many.
CREATE FUNCTION halt_stage_note() RETURNS integer LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH noted AS (
    UPDATE halt_stage SET shown = halt_stage_shown(agents, begun_at, ended_at)
      WHERE id IN (SELECT id FROM halt_stage WHERE shown IS NULL AND ended_at IS NOT NULL ORDER BY ended_at LIMIT 20 FOR UPDATE SKIP LOCKED) RETURNING 1)
  SELECT count(*)::integer FROM noted
$$;

-- One person ends a lift half way. What the agents were granted that it let go dies where it was given; where one of their rows cannot be had at once,
-- every unused grant of the organisation dies instead. Otherwise as `20261121000330_halted_again` has it.
CREATE OR REPLACE FUNCTION gate_halt_stop(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_agents uuid[];
  v_free uuid[];
BEGIN
  SELECT released INTO v_agents FROM halt WHERE id = v_id AND lifted_at IS NULL AND stage IS NOT NULL;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  UPDATE halt SET stage = NULL, released = '{}' WHERE id = v_id;
  v_free := ARRAY(SELECT a.id FROM agent a WHERE a.id = ANY (v_agents) ORDER BY a.id FOR NO KEY UPDATE SKIP LOCKED);
  IF cardinality(v_free) = cardinality(v_agents) THEN
    UPDATE agent SET revoked_epoch = p_epoch WHERE id = ANY (v_free);
  ELSE
    UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1;
  END IF;
  PERFORM halt_stage_end(v_id, 'stopped', (p ->> 'by')::uuid);
  PERFORM halt_lift_void(v_id);
  RETURN NULL;
END $$;

-- The same where its entry cannot be written: a server records it as soon as the ledger can be written, and nothing more is let go before.
CREATE FUNCTION halt_stop_unrecorded(p jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_epoch bigint := gate_advance();
  v_id uuid := (p ->> 'id')::uuid;
BEGIN
  IF NOT halt_again(v_id, (p ->> 'by')::uuid, p ->> 'reason', v_epoch) THEN RETURN '{"applied": false, "refused": "wrong_state"}'; END IF;
  UPDATE halt_stage SET engaged_again = false WHERE halt_id = v_id AND NOT recorded;
  RETURN jsonb_build_object('applied', true, 'epoch', v_epoch, 'id', v_id);
END $$;

-- Makes the halt of a live drill real (ADR 0038); false where no agreement of one would lift it. What was agreed is void by `kept_at`, whoever holds its row.
CREATE FUNCTION halt_keep(p_halt uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_approval uuid;
BEGIN
  SELECT d.approval_id INTO v_approval FROM drill d JOIN halt h ON h.id = d.halt_id JOIN approval a ON a.id = d.approval_id
    WHERE d.halt_id = p_halt AND h.lifted_at IS NULL AND h.kept_at IS NULL AND a.status = 'approved';
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE halt SET kept_at = clock_timestamp() WHERE id = p_halt;
  PERFORM 1 FROM approval WHERE id = v_approval FOR UPDATE SKIP LOCKED;
  IF FOUND THEN UPDATE approval SET status = 'superseded' WHERE id = v_approval; END IF;
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION gate_drill_keep(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT halt_keep((p ->> 'id')::uuid) THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;

-- Also breaking the glass.
CREATE OR REPLACE FUNCTION "halt_makes_drill_real"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM halt_keep(h.id) FROM halt h WHERE h.lifted_at IS NULL AND h.scope = NEW.scope AND h.target = NEW.target AND h.id <> NEW.id;
  RETURN NEW;
END $$;

-- Otherwise as `20261121000330_halted_again` has it.
CREATE OR REPLACE FUNCTION halt_lift_refusal(p_halt uuid, p_stage text, p_approval uuid) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
DECLARE
  v_halt halt%ROWTYPE;
  v_next text;
BEGIN
  SELECT * INTO v_halt FROM halt WHERE id = p_halt AND lifted_at IS NULL;
  IF NOT FOUND THEN RETURN 'wrong_state'; END IF;
  IF NOT EXISTS (
    SELECT FROM approval a LEFT JOIN halt_lift_request q ON q.approval_id = a.id
      JOIN verdict v ON v.approval_id = a.id AND v.answer = 'approve' JOIN person x ON x.id = v.person_id AND x.deactivated_at IS NULL
    WHERE a.kind = 'halt_lift' AND a.subject_id = p_halt AND a.status = 'approved' AND (p_approval IS NULL OR a.id = p_approval)
      AND coalesce(q.stage, 'all') = p_stage
      -- a vote that was under way when somebody stopped the lift says nothing about what is halted again
      AND NOT EXISTS (SELECT FROM halt_stage s WHERE s.halt_id = p_halt AND s.ended_how = 'stopped' AND s.ended_at >= coalesce(q.asked_at, a.opened_at))
      -- nor what was agreed for a drill about an emergency
      AND (v_halt.kept_at IS NULL OR v_halt.kept_at < coalesce(q.asked_at, a.opened_at))
    GROUP BY a.id HAVING count(DISTINCT v.person_id) >= 2 AND bool_or(v.person_id IS DISTINCT FROM v_halt.engaged_by))
  THEN RETURN 'separation_of_duties'; END IF;
  -- what halted it again is recorded first: the ledger says it in the order in which it was
  IF EXISTS (SELECT FROM halt_stage s WHERE s.halt_id = p_halt AND NOT s.recorded) THEN RETURN 'wrong_state'; END IF;
  IF v_halt.from_database AND (NOT v_halt.recorded OR clock_timestamp() < v_halt.engaged_at + interval '15 minutes') THEN RETURN 'wrong_state'; END IF;
  -- one agent, then a team of what is wider than one, then all; or all at once before the first
  v_next := CASE WHEN v_halt.stage IS NULL THEN CASE WHEN v_halt.scope IN ('organisation', 'environment', 'team') THEN 'agent' END
    WHEN v_halt.stage = 'agent' AND v_halt.scope <> 'team' THEN 'team' ELSE 'all' END;
  IF p_stage IS DISTINCT FROM v_next AND NOT (p_stage = 'all' AND v_halt.stage IS NULL) THEN RETURN 'wrong_state'; END IF;
  IF v_halt.stage IS NOT NULL AND halt_stage_refusal(p_halt) IS NOT NULL THEN RETURN 'wrong_state'; END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION halt_stage_note(), halt_stop_unrecorded(jsonb), halt_keep(uuid) FROM PUBLIC;

DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION halt_stage_note(), halt_stop_unrecorded(jsonb) TO %I', app);
END $$;
