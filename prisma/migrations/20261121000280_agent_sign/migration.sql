-- What the ledger shows of how an agent acts and whether it obeys (ADR 0043): one row per agent and kind of sign, kept by the tail that reads which
-- tools are in use. How well a halt would hold an agent is a rule over these rows (lib/agents/grade.ts).
CREATE TABLE "agent_sign" (
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "sign" TEXT NOT NULL CHECK ("sign" IN ('gateway', 'executor', 'own_token', 'hook', 'enforcement_point', 'reported',
    'halt_confirmed', 'drill_confirmed', 'refused', 'went_on', 'ignored')),
  "first_at" TIMESTAMPTZ(3) NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,
  "times" BIGINT NOT NULL CHECK ("times" > 0),
  PRIMARY KEY ("agent_id", "sign"),
  CHECK ("first_at" <= "last_at")
);

DO $$
DECLARE app text := current_setting('countersign.role_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON "agent_sign" TO %I', app);
  -- since when it is seen, and of whom, stays
  EXECUTE format('GRANT UPDATE ("last_at", "times") ON "agent_sign" TO %I', app);
END $$;
