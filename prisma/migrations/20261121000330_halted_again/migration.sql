-- A halt engaged anew while its lift is half way is whole again (ADR 0042): whoever engages it means all of it, and what stages had let go went on
-- running. Whoever stops a lift, in either way, ends every request for it, also one that two people have agreed to.
ALTER TABLE "halt_stage" ADD COLUMN "ended_reason" TEXT NOT NULL DEFAULT '';
-- false: it was ended by an engagement, which does not wait for the ledger; a server writes the entry as soon as it can
ALTER TABLE "halt_stage" ADD COLUMN "recorded" BOOLEAN NOT NULL DEFAULT true;
CREATE INDEX "halt_stage_unrecorded" ON "halt_stage" ("ended_at") WHERE NOT "recorded";

-- Ends what people are asked, or agreed to, about a lift; not what a stage was done on. It waits for nobody's lock: a verdict given at this moment
-- is void by `halt_lift_refusal`, which looks at when it was asked for.
CREATE FUNCTION halt_lift_void(p_halt uuid) RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_approval uuid;
BEGIN
  FOR v_approval IN SELECT a.id FROM approval a WHERE a.kind = 'halt_lift' AND a.subject_id = p_halt AND a.status IN ('pending', 'approved')
    AND NOT EXISTS (SELECT FROM halt_stage s WHERE s.approval_id = a.id) FOR UPDATE SKIP LOCKED LOOP
    UPDATE approval SET status = 'superseded', closed_at = coalesce(closed_at, clock_timestamp()) WHERE id = v_approval;
    PERFORM pg_notify('approvals', v_approval::text);
  END LOOP;
END $$;

-- Makes a halt whole again whose lift is half way, under lock K; false where nothing of it was let go. Every unused grant of the organisation dies
-- instead of those of whom it let go: so it waits for no agent's row, and they live seconds.
CREATE FUNCTION halt_again(p_halt uuid, p_by uuid, p_reason text, p_epoch bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE halt SET stage = NULL, released = '{}' WHERE id = p_halt AND lifted_at IS NULL AND stage IS NOT NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1;
  UPDATE halt_stage SET ended_reason = left(coalesce(p_reason, ''), 2000), recorded = false WHERE halt_id = p_halt AND ended_at IS NULL;
  PERFORM halt_stage_end(p_halt, 'stopped', p_by);
  PERFORM halt_lift_void(p_halt);
  PERFORM pg_notify('gate', json_build_object('change', 'halt.stop', 'id', p_halt, 'epoch', p_epoch)::text);
  RETURN true;
END $$;

-- Otherwise as `20261121000271_halt_from_anywhere` has it.
CREATE OR REPLACE FUNCTION gate_halt_engage(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_target text := coalesce(p ->> 'target', '');
  v_text text;
  v_free boolean := false;
BEGIN
  -- Engaging twice is no error for somebody in a hurry: the first one stands, and the answer says which it is.
  SELECT id::text INTO v_text FROM halt WHERE scope = p ->> 'scope' AND target = v_target AND lifted_at IS NULL;
  IF FOUND THEN
    -- half way to being lifted, it is whole again
    RETURN jsonb_build_object('refused', 'already_exists', 'id', v_text)
      || CASE WHEN halt_again(v_text::uuid, (p ->> 'by')::uuid, p ->> 'reason', p_epoch) THEN '{"again": true}' ELSE '{}' END::jsonb;
  END IF;
  IF p ->> 'scope' = 'agent' AND NOT EXISTS (SELECT 1 FROM agent WHERE id = v_target::uuid)
    OR p ->> 'scope' = 'run' AND NOT EXISTS (SELECT 1 FROM run WHERE id = v_target::uuid) THEN
    RAISE EXCEPTION 'halt of something unknown' USING ERRCODE = 'P0002';
  END IF;
  INSERT INTO halt (id, scope, target, reason, engaged_by, epoch, until, source_id)
    VALUES (v_id, p ->> 'scope', v_target, coalesce(p ->> 'reason', ''), (p ->> 'by')::uuid, p_epoch, (p ->> 'until')::timestamptz, (p ->> 'source')::uuid);
  -- What was given before dies where it was given, so that lifting revives none of it.
  CASE p ->> 'scope'
    WHEN 'agent' THEN
      PERFORM 1 FROM agent WHERE id = v_target::uuid FOR NO KEY UPDATE SKIP LOCKED;
      v_free := FOUND;
      IF v_free THEN UPDATE agent SET revoked_epoch = p_epoch WHERE id = v_target::uuid; END IF;
    WHEN 'run' THEN
      PERFORM 1 FROM run WHERE id = v_target::uuid FOR NO KEY UPDATE SKIP LOCKED;
      v_free := FOUND;
      IF v_free THEN UPDATE run SET revoked_epoch = p_epoch WHERE id = v_target::uuid; END IF;
    ELSE v_free := false;
  END CASE;
  IF NOT v_free THEN UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1; END IF;
  RETURN NULL;
END $$;

-- Otherwise as `20261121000270_break_glass` has it.
CREATE OR REPLACE FUNCTION halt_everything(p_reason text DEFAULT '') RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_epoch bigint := gate_advance();
  v_id uuid := gen_random_uuid();
BEGIN
  INSERT INTO halt (id, scope, target, reason, epoch, recorded) VALUES (v_id, 'organisation', '', left(coalesce(p_reason, ''), 2000), v_epoch, false)
    ON CONFLICT (scope, target) WHERE lifted_at IS NULL DO NOTHING;
  IF NOT FOUND THEN
    IF (SELECT halt_again(h.id, NULL, p_reason, v_epoch) FROM halt h WHERE h.scope = 'organisation' AND h.target = '' AND h.lifted_at IS NULL) THEN
      RETURN 'Everything is halted again: what the lift under way had let go is stopped, and that lift is over.';
    END IF;
    RETURN 'Everything is halted already.';
  END IF;
  UPDATE gate SET revoked_epoch = v_epoch WHERE id = 1;
  PERFORM pg_notify('gate', json_build_object('change', 'halt.engage', 'id', v_id, 'epoch', v_epoch)::text);
  RETURN 'Everything is halted. Nothing is allowed from now on, until two people lift it in the console.';
END $$;

-- Otherwise as `20261121000275_staged_lift` has them.
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

CREATE OR REPLACE FUNCTION gate_halt_stop(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
BEGIN
  UPDATE agent SET revoked_epoch = p_epoch WHERE id IN (SELECT unnest(h.released) FROM halt h WHERE h.id = v_id AND h.lifted_at IS NULL);
  UPDATE halt SET stage = NULL, released = '{}' WHERE id = v_id AND lifted_at IS NULL AND stage IS NOT NULL;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  PERFORM halt_stage_end(v_id, 'stopped', (p ->> 'by')::uuid);
  PERFORM halt_lift_void(v_id);
  RETURN NULL;
END $$;

-- The entry about a stage that an engagement ended; its id.
CREATE FUNCTION gate_halt_stop_record(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE halt_stage SET recorded = true WHERE id = (p ->> 'id')::uuid AND NOT recorded;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION halt_lift_void(uuid), halt_again(uuid, uuid, text, bigint), gate_halt_stop_record(jsonb, bigint) FROM PUBLIC;
