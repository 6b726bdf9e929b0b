-- Halts from anywhere (ADR 0041): a person's token that engages and does nothing else, sources outside that engage with a signed webhook,
-- and an engagement that waits neither for a row that somebody locked nor for a ledger that cannot be written.

ALTER TABLE "api_token" DROP CONSTRAINT "api_token_scope";
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_scope" CHECK ("scope" IN ('read', 'draft', 'halt'));

-- A SIEM or whatever else may engage. `may` is a list of scopes, each alone or with a name: `tool`, `environment:staging`.
CREATE TABLE "halt_source" (
  "id" UUID PRIMARY KEY,
  "name" TEXT NOT NULL,
  "may" TEXT[] NOT NULL,
  "sealed" BYTEA NOT NULL,
  "created_by" UUID NOT NULL REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "rotated_at" TIMESTAMPTZ(3),
  "revoked_at" TIMESTAMPTZ(3),
  "used_at" TIMESTAMPTZ(3),
  "refused" BIGINT NOT NULL DEFAULT 0,
  "refused_at" TIMESTAMPTZ(3),
  CONSTRAINT "halt_source_may" CHECK (cardinality("may") BETWEEN 1 AND 200)
);
CREATE UNIQUE INDEX "halt_source_name" ON "halt_source" (lower("name")) WHERE "revoked_at" IS NULL;

-- What came from a source, by the id its sender gave it: the same again engages nothing again, also after people lifted the halt.
CREATE TABLE "halt_delivery" (
  "source_id" UUID NOT NULL REFERENCES "halt_source"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "webhook_id" TEXT NOT NULL,
  "body_hash" BYTEA NOT NULL,
  "halt_id" UUID NOT NULL,
  "settled" BOOLEAN NOT NULL DEFAULT false,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("source_id", "webhook_id")
);
CREATE INDEX "halt_delivery_at" ON "halt_delivery" ("at");

ALTER TABLE "halt" ADD COLUMN "source_id" UUID REFERENCES "halt_source"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- As `20261121000245_runs` has it, and: somebody's lock on the agent's or the run's row holds up no halt. Where the row cannot be had at once,
-- every unused grant of the organisation dies instead of the one's own: too many is the safe side, and they live seconds.
CREATE OR REPLACE FUNCTION gate_halt_engage(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_target text := coalesce(p ->> 'target', '');
  v_text text;
  v_free boolean := false;
BEGIN
  -- Engaging twice is no error for somebody in a hurry: the first one stands, and the answer says which it is.
  SELECT id::text INTO v_text FROM halt WHERE scope = p ->> 'scope' AND target = v_target AND lifted_at IS NULL;
  IF FOUND THEN RETURN jsonb_build_object('refused', 'already_exists', 'id', v_text); END IF;
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

-- A halt whose entry cannot be written now: it holds from here on, and a server records it as soon as the ledger can be written (ADR 0041).
-- For what makes everything stricter only; every other change goes with its entry or not at all.
CREATE FUNCTION halt_engage_unrecorded(p jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_epoch bigint := gate_advance();
  v_refused jsonb;
BEGIN
  v_refused := gate_halt_engage(p, v_epoch);
  IF v_refused IS NOT NULL THEN RETURN v_refused || '{"applied": false}'; END IF;
  UPDATE halt SET recorded = false WHERE id = (p ->> 'id')::uuid;
  PERFORM pg_notify('gate', json_build_object('change', 'halt.engage', 'id', p ->> 'id', 'epoch', v_epoch)::text);
  RETURN jsonb_build_object('applied', true, 'epoch', v_epoch, 'id', p ->> 'id');
END $$;
REVOKE ALL ON FUNCTION halt_engage_unrecorded(jsonb) FROM PUBLIC;

DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION halt_engage_unrecorded(jsonb) TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT ON "halt_source", "halt_delivery" TO %I', app);
  EXECUTE format('GRANT UPDATE ("sealed", "rotated_at", "revoked_at", "used_at", "refused", "refused_at") ON "halt_source" TO %I', app);
  EXECUTE format('GRANT UPDATE ("halt_id", "settled") ON "halt_delivery" TO %I', app);
  EXECUTE format('GRANT DELETE ON "halt_delivery" TO %I', app);
END $$;
