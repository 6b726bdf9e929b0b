-- Breaking the glass (C34, ADR 0040): whoever has a login to this database and no server in front of it stops everything with one statement,
--   SELECT halt_everything('why');
-- as the owner of the schema. It takes lock K as every engagement does, so that nothing is allowed once it has returned. It writes no entry,
-- since the keys are not here: a server that comes back records it, as what it was.
ALTER TABLE "halt" ADD COLUMN "recorded" boolean NOT NULL DEFAULT true;
CREATE INDEX "halt_unrecorded" ON "halt" ("engaged_at") WHERE NOT "recorded";

CREATE FUNCTION halt_everything(p_reason text DEFAULT '') RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_epoch bigint := gate_advance();
  v_id uuid := gen_random_uuid();
BEGIN
  INSERT INTO halt (id, scope, target, reason, epoch, recorded) VALUES (v_id, 'organisation', '', left(coalesce(p_reason, ''), 2000), v_epoch, false)
    ON CONFLICT (scope, target) WHERE lifted_at IS NULL DO NOTHING;
  IF NOT FOUND THEN RETURN 'Everything is halted already.'; END IF;
  UPDATE gate SET revoked_epoch = v_epoch WHERE id = 1;
  PERFORM pg_notify('gate', json_build_object('change', 'halt.engage', 'id', v_id, 'epoch', v_epoch)::text);
  RETURN 'Everything is halted. Nothing is allowed from now on, until two people lift it in the console.';
END $$;
REVOKE ALL ON FUNCTION halt_everything(text) FROM PUBLIC;

CREATE FUNCTION gate_halt_record(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE halt SET recorded = true WHERE id = (p ->> 'id')::uuid AND NOT recorded;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_halt_record(jsonb, bigint) FROM PUBLIC;
