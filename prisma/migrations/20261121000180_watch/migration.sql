-- What halts an agent by itself (`watch` in its boundary). The tail of the ledger counts; what it counted, what fired and how far it has
-- read commit together, so that an entry counts once whatever crashes and however many replicas there are.

-- The last entries each rule counted, oldest first, `[[index, entry id], …]`: never more than the rule's number of them.
CREATE TABLE "watch_tally" (
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "rule" TEXT NOT NULL,
  "seen" JSONB NOT NULL,
  PRIMARY KEY ("agent_id", "rule")
);

-- Tools an agent has used, by a digest of its id and their name. Filled from the log when a rule first asks.
CREATE TABLE "watch_tool" (
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "tool" BYTEA NOT NULL,
  PRIMARY KEY ("agent_id", "tool")
);

-- A rule that came true. Its halt has the same id, so that none is engaged twice for one firing.
CREATE TABLE "watch_firing" (
  "id" UUID NOT NULL PRIMARY KEY,
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "alert_id" UUID NOT NULL REFERENCES "alert"("id"),
  "version" INTEGER NOT NULL,
  "place" INTEGER NOT NULL,
  "rule" TEXT NOT NULL,
  -- for people: the reason of the halt
  "reason" TEXT NOT NULL,
  "follows" TEXT NOT NULL CHECK ("follows" IN ('halt', 'alert')),
  "index" BIGINT NOT NULL,
  "entry_id" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "fired_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  -- when its halt was seen to be in force; an alert alone is settled at once
  "settled_at" TIMESTAMPTZ(3),
  "halt_id" UUID REFERENCES "halt"("id"),
  UNIQUE ("agent_id", "rule", "index")
);
CREATE INDEX "watch_firing_unsettled" ON "watch_firing" ("fired_at") WHERE "settled_at" IS NULL;
CREATE INDEX "watch_firing_halt" ON "watch_firing" ("halt_id") WHERE "halt_id" IS NOT NULL;

DO $$
DECLARE app text := current_setting('countersign.role_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON "watch_tally" TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT ON "watch_tool", "watch_firing" TO %I', app);
  -- that it fired, for what and when, stays
  EXECUTE format('GRANT UPDATE ("settled_at", "halt_id") ON "watch_firing" TO %I', app);
END $$;
