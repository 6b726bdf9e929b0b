-- Leases that are held, and stops that are confirmed run by run (C31, C32, ADR 0039).

-- How long a run lives without a word from a client that can renew, in seconds: what the organisation allows at most, and what one agent
-- gets that should have less.
ALTER TABLE "organisation" ADD COLUMN "lease_seconds" INTEGER NOT NULL DEFAULT 15 CHECK ("lease_seconds" BETWEEN 5 AND 300);
ALTER TABLE "agent" ADD COLUMN "lease_seconds" INTEGER CHECK ("lease_seconds" BETWEEN 5 AND 300);

-- `renews`: its client holds the lease, renews it, and stops by itself when it cannot. `host`: where it runs, in the agent's words.
-- `lapsed_at`: the lapse that is in the ledger; null once it was renewed.
ALTER TABLE "run" ADD COLUMN "renews" BOOLEAN NOT NULL DEFAULT false, ADD COLUMN "host" TEXT CHECK (length("host") <= 253),
  ADD COLUMN "lapsed_at" TIMESTAMPTZ(3);
-- What has lapsed and is not noted; and what a halt found alive, whose lease ended after it began.
CREATE INDEX "run_to_lapse" ON "run" ("lease_until") WHERE "renews" AND "closed_at" IS NULL AND "lapsed_at" IS NULL;
CREATE INDEX "run_leased" ON "run" ("lease_until");

-- The runs an agent says it stopped for a halt, each once. An agent has several processes: each says so of its own.
CREATE TABLE "halt_run_stopped" (
    "halt_id" UUID NOT NULL REFERENCES "halt" ("id"),
    "run_id" UUID NOT NULL REFERENCES "run" ("id"),
    "agent_id" UUID NOT NULL REFERENCES "agent" ("id"),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "halt_run_stopped_pkey" PRIMARY KEY ("halt_id", "run_id")
);

-- Confirmations that were refused, by agent and why: the first is an entry, all are counted.
CREATE TABLE "halt_word_refused" (
    "halt_id" UUID NOT NULL REFERENCES "halt" ("id"),
    "agent_id" UUID NOT NULL REFERENCES "agent" ("id"),
    "reason" TEXT NOT NULL CHECK ("reason" IN ('not_covered', 'foreign_run')),
    "count" INTEGER NOT NULL DEFAULT 1 CHECK ("count" > 0),
    "first_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "halt_word_refused_pkey" PRIMARY KEY ("halt_id", "agent_id", "reason")
);

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT UPDATE ("lease_seconds") ON "agent" TO %I', app);
  EXECUTE format('GRANT INSERT ("renews", "host") ON "run" TO %I', app);
  EXECUTE format('GRANT UPDATE ("lapsed_at") ON "run" TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT ON "halt_run_stopped", "halt_word_refused" TO %I', app);
  EXECUTE format('GRANT UPDATE ("count", "last_at") ON "halt_word_refused" TO %I', app);
END $$;

-- As `20261121000250_halt_scopes` has it; and a client that holds its lease has stopped when it ended, so that nothing begins in that run.
CREATE OR REPLACE FUNCTION grant_refusal(p_action uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN a.status NOT IN ('allowed', 'approved') OR a.grant_used_at IS NOT NULL THEN 'used'
    WHEN EXISTS (SELECT 1 FROM halt h WHERE h.lifted_at IS NULL AND CASE h.scope
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
