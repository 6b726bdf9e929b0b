-- Runs that end, are halted, and take what waits with them; and grants whose refusals are counted.

-- A halt of one run kills the grants of that run and no other's (lib/halt/halt.ts).
ALTER TABLE "run" ADD COLUMN "revoked_epoch" bigint NOT NULL DEFAULT 0;

-- What of a run the app alters; the epoch is the gate's.
DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('REVOKE INSERT, UPDATE ON "run" FROM %I', app);
  EXECUTE format('GRANT INSERT ("id", "agent_id", "opened_at", "closed_at", "tainted_at", "sandbox", "lease_until") ON "run" TO %I', app);
  EXECUTE format('GRANT UPDATE ("closed_at", "tainted_at", "lease_until", "tokens", "action_tokens") ON "run" TO %I', app);
END $$;

CREATE OR REPLACE FUNCTION gate_halt_engage(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v_count integer;
  v_text text;
BEGIN
  -- Engaging twice is no error for somebody in a hurry: the first one stands, and the answer says which it is.
  SELECT id::text INTO v_text FROM halt WHERE scope = p ->> 'scope' AND target = coalesce(p ->> 'target', '') AND lifted_at IS NULL;
  IF FOUND THEN RETURN jsonb_build_object('refused', 'already_exists', 'id', v_text); END IF;
  INSERT INTO halt (id, scope, target, reason, engaged_by, epoch, until)
    VALUES (v_id, p ->> 'scope', coalesce(p ->> 'target', ''), coalesce(p ->> 'reason', ''), v_by, p_epoch, (p ->> 'until')::timestamptz);
  -- What was given before dies where it was given, so that lifting revives none of it. A scope without a place of its own is wider than
  -- one agent: every unused grant of the organisation dies. Too many is the safe side; they live seconds.
  CASE p ->> 'scope'
    WHEN 'agent' THEN UPDATE agent SET revoked_epoch = p_epoch WHERE id = (p ->> 'target')::uuid;
    WHEN 'run' THEN UPDATE run SET revoked_epoch = p_epoch WHERE id = (p ->> 'target')::uuid;
    ELSE UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1;
  END CASE;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count = 0 THEN RAISE EXCEPTION 'halt of something unknown' USING ERRCODE = 'P0002'; END IF;
  RETURN NULL;
END $$;

-- As `20261120000004_decide` explains them; a run has an epoch of its own now.
CREATE OR REPLACE FUNCTION grant_refusal(p_action uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN a.status NOT IN ('allowed', 'approved') OR a.grant_used_at IS NOT NULL THEN 'used'
    WHEN EXISTS (SELECT 1 FROM halt h WHERE h.lifted_at IS NULL AND CASE h.scope
        WHEN 'agent' THEN h.target = g.id::text WHEN 'team' THEN h.target = g.team_id::text WHEN 'environment' THEN h.target = g.environment
        WHEN 'run' THEN h.target = a.run_id::text ELSE true END) THEN 'halted'
    WHEN a.epoch < greatest(e.revoked_epoch, g.revoked_epoch, r.revoked_epoch) OR g.state <> 'active' THEN 'revoked'
    -- decided while there was still an owner (5 s: an id's time is the replica's clock); afterwards the gate itself contains the agent
    WHEN o.deactivated_at > to_timestamp(('x' || translate(left(a.id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) - interval '5 seconds' THEN 'revoked'
    WHEN a.grant_expires_at IS NULL OR a.grant_expires_at <= clock_timestamp() THEN 'expired'
  END
  FROM action a JOIN agent g ON g.id = a.agent_id JOIN person o ON o.id = g.owner_id LEFT JOIN run r ON r.id = a.run_id, gate e
  WHERE a.id = p_action
$$;

CREATE OR REPLACE FUNCTION grant_give(
  p_now timestamptz, p_action uuid, p_agent uuid, p_epoch bigint, p_boundary uuid, p_clean boolean, p_grant bytea, p_ends timestamptz, p_entry uuid, p_envelope bytea,
  p_cap_windows text[], p_cap_amounts bigint[]
) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_action action%ROWTYPE; v_refusal text; v_approved boolean; v_starts jsonb;
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
    IF v_action.epoch < (SELECT greatest(e.revoked_epoch, g.revoked_epoch, (SELECT r.revoked_epoch FROM run r WHERE r.id = v_action.run_id)) FROM gate e, agent g WHERE g.id = p_agent) THEN RETURN 'moved'; END IF;
    IF v_action.grant_hash IS NULL AND cardinality(p_cap_windows) > 0 THEN
      v_starts := limit_starts();
      INSERT INTO counter AS k (agent_id, "window", starts_at, used)
        SELECT p_agent, c.win, (v_starts ->> substring(c.win from '[a-z]+$'))::timestamptz, c.amount
          FROM unnest(p_cap_windows, p_cap_amounts) AS c(win, amount) ORDER BY 2, 3
        ON CONFLICT (agent_id, "window", starts_at) DO UPDATE SET used = k.used + EXCLUDED.used;
    END IF;
    UPDATE action SET grant_hash = p_grant, grant_expires_at = p_ends, epoch = p_epoch, boundary_id = p_boundary WHERE id = p_action;
  END IF;
  PERFORM ledger.append(p_entry, p_envelope, NULL::uuid, NULL::bytea, NULL::jsonb);
  RETURN 'granted';
END $$;

-- Refusals of an action's grant, by why: the first few are entries, all are counted (ADR 0037).
CREATE TABLE "grant_refused" (
    "action_id" UUID NOT NULL REFERENCES "action" ("id"),
    "reason" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1 CHECK ("count" > 0),
    "first_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "grant_refused_pkey" PRIMARY KEY ("action_id", "reason")
);

-- Grants that another took the place of: whoever still holds one is refused as that, and not as somebody who guesses.
CREATE TABLE "grant_replaced" (
    "grant_hash" BYTEA NOT NULL CHECK (octet_length("grant_hash") = 32),
    "action_id" UUID NOT NULL REFERENCES "action" ("id"),

    CONSTRAINT "grant_replaced_pkey" PRIMARY KEY ("grant_hash")
);
CREATE FUNCTION "action_keeps_replaced"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO grant_replaced (grant_hash, action_id) VALUES (OLD.grant_hash, OLD.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER "replaced" AFTER UPDATE OF "grant_hash" ON "action" FOR EACH ROW
  WHEN (OLD."grant_hash" IS NOT NULL AND OLD."grant_hash" IS DISTINCT FROM NEW."grant_hash") EXECUTE FUNCTION "action_keeps_replaced"();

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON "grant_refused" TO %I', app);
  EXECUTE format('GRANT UPDATE ("count", "last_at") ON "grant_refused" TO %I', app);
  EXECUTE format('GRANT SELECT ON "grant_replaced" TO %I', app);
  REVOKE ALL ON FUNCTION "action_keeps_replaced"() FROM PUBLIC;
END $$;

-- What of a run waits, or was begun: what its page lists, and what is withdrawn when it ends.
CREATE INDEX "action_open_of_run" ON "action" ("run_id", "id") WHERE "status" IN ('held', 'approved', 'claimed') AND "run_id" IS NOT NULL;
