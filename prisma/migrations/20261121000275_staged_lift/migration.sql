-- Lifting by stages (C32, C34, ADR 0042): first one agent, then a team, then the rest. `released` are the agents a halt in force no longer stops:
-- whatever does not know of them goes on stopping them. Every stage takes two people on a request that names it; the gate holds that, and
-- in which order, and that a stage has shown something before the next.
ALTER TABLE "halt" ADD COLUMN "stage" TEXT CHECK ("stage" IN ('agent', 'team'));
ALTER TABLE "halt" ADD COLUMN "released" UUID[] NOT NULL DEFAULT '{}';
ALTER TABLE "halt" ADD CONSTRAINT "halt_released_by_a_stage" CHECK (("stage" IS NULL) = (cardinality("released") = 0));
-- engaged by `halt_everything()`: by somebody with a login to this database, and nobody known
ALTER TABLE "halt" ADD COLUMN "from_database" BOOLEAN NOT NULL DEFAULT false;
UPDATE "halt" SET "from_database" = true WHERE NOT "recorded";

CREATE FUNCTION halt_keeps_origin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.from_database := NOT NEW.recorded;
  RETURN NEW;
END $$;
CREATE TRIGGER "keeps_origin" BEFORE INSERT ON "halt" FOR EACH ROW EXECUTE FUNCTION halt_keeps_origin();

-- What two people are asked to lift. An approval without a row asks for all of its halt, as every one did before there were stages.
CREATE TABLE "halt_lift_request" (
    "approval_id" UUID NOT NULL PRIMARY KEY REFERENCES "approval"("id"),
    "halt_id" UUID NOT NULL REFERENCES "halt"("id"),
    "stage" TEXT NOT NULL CHECK ("stage" IN ('agent', 'team', 'all')),
    -- the agent or the team that is let go; null for all
    "target" UUID,
    -- what both people type
    "name" TEXT NOT NULL CHECK ("name" <> ''),
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "halt_lift_request_targets" CHECK (("stage" = 'all') = ("target" IS NULL))
);

-- Said before anybody answers, and never said otherwise: no verdict on one stage counts for another.
CREATE FUNCTION halt_lift_request_first() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM approval a WHERE a.id = NEW.approval_id AND a.kind = 'halt_lift' AND a.subject_id = NEW.halt_id AND a.status = 'pending')
    OR EXISTS (SELECT FROM verdict v WHERE v.approval_id = NEW.approval_id) THEN
    RAISE EXCEPTION 'a lift is asked for before it is answered' USING ERRCODE = '23514', CONSTRAINT = 'halt_lift_request_first';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "asked_first" BEFORE INSERT ON "halt_lift_request" FOR EACH ROW EXECUTE FUNCTION halt_lift_request_first();
ALTER TABLE "halt_lift_request" ENABLE ALWAYS TRIGGER "asked_first";

-- The stages of each lift: whom they let go, since when, and what they had shown when they ended. Only the gate writes it.
CREATE TABLE "halt_stage" (
    "id" UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(),
    "halt_id" UUID NOT NULL REFERENCES "halt"("id"),
    "stage" TEXT NOT NULL CHECK ("stage" IN ('agent', 'team')),
    "name" TEXT NOT NULL,
    "approval_id" UUID NOT NULL UNIQUE REFERENCES "approval"("id"),
    "agents" UUID[] NOT NULL CHECK (cardinality("agents") > 0),
    "begun_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "ended_at" TIMESTAMPTZ(3),
    "ended_how" TEXT CHECK ("ended_how" IN ('next', 'stopped', 'lifted')),
    "ended_by" UUID REFERENCES "person"("id"),
    "shown" JSONB,
    CONSTRAINT "halt_stage_ends_whole" CHECK (("ended_at" IS NULL) = ("ended_how" IS NULL))
);
CREATE UNIQUE INDEX "halt_stage_standing" ON "halt_stage" ("halt_id") WHERE "ended_at" IS NULL;
CREATE INDEX "halt_stage_of_halt" ON "halt_stage" ("halt_id", "begun_at");

-- What the agents of a stage did since it began: what people look at before they propose the next. `back`: agents that asked for something at all.
CREATE FUNCTION halt_stage_shown(p_agents uuid[], p_since timestamptz) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  WITH since AS (
    SELECT (lpad(to_hex((extract(epoch FROM p_since) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid AS id),
  did AS (
    SELECT a.agent_id, a.decision, a.reason_code, a.status FROM action a WHERE a.id >= (SELECT id FROM since) AND a.agent_id = ANY (p_agents)),
  raised AS (SELECT acknowledged_at FROM alert WHERE agent_id = ANY (p_agents) AND last_at >= p_since)
  SELECT jsonb_build_object('agents', cardinality(p_agents), 'back', (SELECT count(DISTINCT agent_id) FROM did), 'decisions', (SELECT count(*) FROM did),
    'allowed', (SELECT count(*) FROM did WHERE decision = 'allow'), 'held', (SELECT count(*) FROM did WHERE decision = 'hold'),
    'refused', (SELECT count(*) FROM did WHERE decision = 'forbid'), 'failed', (SELECT count(*) FROM did WHERE status IN ('failed', 'unknown')),
    'alerts', (SELECT count(*) FROM raised), 'open_alerts', (SELECT count(*) FROM raised WHERE acknowledged_at IS NULL))
$$;

-- Why the next stage may not be proposed yet; null when it may. As `stageRefusal` of lib/halt/staged-lift.ts.
CREATE FUNCTION halt_stage_refusal(p_halt uuid) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT CASE WHEN (w.shown ->> 'open_alerts')::int > 0 THEN 'alerts_open'
      WHEN (w.shown ->> 'decisions')::int = 0 AND clock_timestamp() < s.begun_at + interval '15 minutes' THEN 'nothing_shown' END
    FROM halt_stage s, LATERAL (SELECT halt_stage_shown(s.agents, s.begun_at) AS shown) w WHERE s.halt_id = p_halt AND s.ended_at IS NULL
$$;

-- C34: two people who are still here said yes to exactly this, and one of them did not engage it. A halt from the database was engaged by nobody
-- known: it is recorded first, and stands for fifteen minutes, in which whoever broke the glass can say why.
CREATE FUNCTION halt_lift_refusal(p_halt uuid, p_stage text, p_approval uuid) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
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
    GROUP BY a.id HAVING count(DISTINCT v.person_id) >= 2 AND bool_or(v.person_id IS DISTINCT FROM v_halt.engaged_by))
  THEN RETURN 'separation_of_duties'; END IF;
  IF v_halt.from_database AND (NOT v_halt.recorded OR clock_timestamp() < v_halt.engaged_at + interval '15 minutes') THEN RETURN 'wrong_state'; END IF;
  -- one agent, then a team of what is wider than one, then all; or all at once before the first
  v_next := CASE WHEN v_halt.stage IS NULL THEN CASE WHEN v_halt.scope IN ('organisation', 'environment', 'team') THEN 'agent' END
    WHEN v_halt.stage = 'agent' AND v_halt.scope <> 'team' THEN 'team' ELSE 'all' END;
  IF p_stage IS DISTINCT FROM v_next AND NOT (p_stage = 'all' AND v_halt.stage IS NULL) THEN RETURN 'wrong_state'; END IF;
  IF v_halt.stage IS NOT NULL AND halt_stage_refusal(p_halt) IS NOT NULL THEN RETURN 'wrong_state'; END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION halt_stage_end(p_halt uuid, p_how text, p_by uuid) RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog, public AS $$
  UPDATE halt_stage SET ended_at = clock_timestamp(), ended_how = p_how, ended_by = p_by, shown = halt_stage_shown(agents, begun_at)
    WHERE halt_id = p_halt AND ended_at IS NULL
$$;

-- Whom a stage lets go now, in order; null for nobody.
CREATE FUNCTION halt_stage_agents(p_halt uuid, p_stage text, p_target uuid) RETURNS uuid[] LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT array_agg(a.id ORDER BY a.id) FROM agent a, halt h
    WHERE h.id = p_halt AND a.state <> 'retired' AND CASE p_stage WHEN 'agent' THEN a.id = p_target WHEN 'team' THEN a.team_id = p_target ELSE false END
      AND CASE h.scope WHEN 'organisation' THEN true WHEN 'environment' THEN a.environment = h.target WHEN 'team' THEN a.team_id::text = h.target ELSE false END
$$;

CREATE FUNCTION gate_halt_stage(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_asked halt_lift_request%ROWTYPE;
  v_refused text;
  v_agents uuid[];
BEGIN
  SELECT * INTO v_asked FROM halt_lift_request WHERE approval_id = (p ->> 'approval')::uuid AND halt_id = v_id AND stage <> 'all';
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'separation_of_duties'); END IF;
  v_refused := halt_lift_refusal(v_id, v_asked.stage, v_asked.approval_id);
  IF v_refused IS NOT NULL THEN RETURN jsonb_build_object('refused', v_refused); END IF;
  -- who they are is settled now, under K: whoever joins the team later stays halted. The entry names them, so that whoever checks the ledger knows.
  v_agents := halt_stage_agents(v_id, v_asked.stage, v_asked.target);
  IF v_agents IS NULL THEN RETURN jsonb_build_object('refused', 'not_found'); END IF;
  IF v_agents <> ARRAY(SELECT one::uuid FROM jsonb_array_elements_text(p -> 'agents') AS one ORDER BY 1) THEN
    RETURN jsonb_build_object('refused', 'conflict');
  END IF;
  PERFORM halt_stage_end(v_id, 'next', (p ->> 'by')::uuid);
  INSERT INTO halt_stage (halt_id, stage, name, approval_id, agents) VALUES (v_id, v_asked.stage, v_asked.name, v_asked.approval_id, v_agents);
  UPDATE halt SET stage = v_asked.stage, released = ARRAY(SELECT DISTINCT one FROM unnest(released || v_agents) AS one) WHERE id = v_id;
  RETURN NULL;
END $$;

-- One person ends a lift half way: everything of the halt is stopped again, and what was granted meanwhile is dead.
CREATE FUNCTION gate_halt_stop(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
BEGIN
  UPDATE agent SET revoked_epoch = p_epoch WHERE id IN (SELECT unnest(h.released) FROM halt h WHERE h.id = v_id AND h.lifted_at IS NULL);
  UPDATE halt SET stage = NULL, released = '{}' WHERE id = v_id AND lifted_at IS NULL AND stage IS NOT NULL;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  PERFORM halt_stage_end(v_id, 'stopped', (p ->> 'by')::uuid);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION gate_halt_lift(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_refused text := halt_lift_refusal(v_id, 'all', (p ->> 'approval')::uuid);
BEGIN
  IF v_refused IS NOT NULL THEN RETURN jsonb_build_object('refused', v_refused); END IF;
  PERFORM halt_stage_end(v_id, 'lifted', (p ->> 'by')::uuid);
  UPDATE halt SET lifted_at = clock_timestamp(), lift_reason = p ->> 'reason' WHERE id = v_id AND lifted_at IS NULL;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_halt_stage(jsonb, bigint), gate_halt_stop(jsonb, bigint), halt_stage_end(uuid, text, uuid) FROM PUBLIC;

-- `grant_refusal` is otherwise as `20261121000265_leases` has it: a halt spares whom a stage of its lift let go.
CREATE OR REPLACE FUNCTION grant_refusal(p_action uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN a.status NOT IN ('allowed', 'approved') OR a.grant_used_at IS NOT NULL THEN 'used'
    WHEN EXISTS (SELECT 1 FROM halt h WHERE h.lifted_at IS NULL AND NOT (g.id = ANY (h.released)) AND CASE h.scope
        WHEN 'agent' THEN h.target = g.id::text WHEN 'team' THEN h.target = g.team_id::text WHEN 'environment' THEN h.target = g.environment
        WHEN 'run' THEN h.target = a.run_id::text
        WHEN 'tool' THEN coalesce((SELECT j.tool = h.target FROM ledger.projection j WHERE j.entry_id = a.id), true)
        WHEN 'server' THEN coalesce((SELECT split_part(j.tool, '.', 1) = h.target FROM ledger.projection j WHERE j.entry_id = a.id), true)
        ELSE true END) THEN 'halted'
    WHEN a.epoch < greatest(e.revoked_epoch, g.revoked_epoch, r.revoked_epoch) OR g.state <> 'active' THEN 'revoked'
    -- decided while there was still an owner (5 s: an id's time is the replica's clock); afterwards the gate itself contains the agent
    WHEN o.deactivated_at > to_timestamp(('x' || translate(left(a.id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) - interval '5 seconds' THEN 'revoked'
    WHEN r.renews AND r.lease_until <= clock_timestamp() THEN 'run_ended'
    WHEN a.grant_expires_at IS NULL OR a.grant_expires_at <= clock_timestamp() THEN 'expired'
  END
  FROM action a JOIN agent g ON g.id = a.agent_id JOIN person o ON o.id = g.owner_id LEFT JOIN run r ON r.id = a.run_id, gate e
  WHERE a.id = p_action
$$;

DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE 'CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON "halt_lift_request" FOR EACH ROW EXECUTE FUNCTION attention_only_grows()';
  EXECUTE 'ALTER TABLE "halt_lift_request" ENABLE ALWAYS TRIGGER only_grows';
  EXECUTE format('GRANT SELECT, INSERT ON "halt_lift_request" TO %I', app);
  EXECUTE format('GRANT SELECT ON "halt_stage" TO %I', app);
END $$;
