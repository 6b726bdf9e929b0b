-- What becomes of an agent whose boundary lapsed or whose review is overdue, and how many days before people are told. It alters answers,
-- so it lies with the gate, and only a ciso changes it.
ALTER TABLE "gate" ADD COLUMN "on_lapse" TEXT NOT NULL DEFAULT 'read_only' CHECK ("on_lapse" IN ('read_only', 'suspend'));
ALTER TABLE "gate" ADD COLUMN "remind_days" JSONB NOT NULL DEFAULT '[30, 14, 7, 1]'
  CHECK (jsonb_typeof("remind_days") = 'array' AND jsonb_array_length("remind_days") <= 10);

CREATE FUNCTION gate_lapse_set(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_by uuid := (p ->> 'by')::uuid;
BEGIN
  -- a ciso as of now, not as of when the page was opened (C15)
  IF NOT EXISTS (SELECT 1 FROM person s WHERE s.id = v_by AND s.deactivated_at IS NULL AND 'ciso' = ANY (s.roles))
    THEN RETURN jsonb_build_object('refused', 'not_permitted'); END IF;
  UPDATE gate SET on_lapse = p ->> 'on_lapse', remind_days = p -> 'remind_days' WHERE id = 1;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_lapse_set(jsonb, bigint) FROM PUBLIC;

-- Of which step before a term is over people were told: once each, however many replicas look.
CREATE TABLE "term_notice" (
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "term" TEXT NOT NULL CHECK ("term" IN ('boundary', 'boundary_review', 'agent_review')),
  "ends_at" TIMESTAMPTZ(3) NOT NULL,
  -- days before it is due; 0: due, -1: over
  "step" INTEGER NOT NULL,
  "alert_id" UUID NOT NULL,
  "told_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY ("agent_id", "term", "ends_at", "step")
);

DO $$
DECLARE app text := current_setting('countersign.role_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON "term_notice" TO %I', app);
END $$;
