-- Drafts tried on the past: one row each time somebody asks, worked on by whichever server's turn it is, and the entries that would
-- have been answered otherwise. No word of an agent's is kept here: only ids, and places in documents of ours.
CREATE TABLE "simulation" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "boundary_id" UUID NOT NULL,
    "digest" BYTEA NOT NULL,
    "person_id" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "seen" BIGINT NOT NULL DEFAULT 0,
    "result" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "simulation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "simulation_status" CHECK ("status" IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT "simulation_done_says" CHECK (("status" = 'done') = ("result" IS NOT NULL)),
    CONSTRAINT "simulation_past" CHECK ("since" < "until")
);
CREATE INDEX "simulation_boundary_id_id_idx" ON "simulation"("boundary_id", "id");
CREATE INDEX "simulation_open" ON "simulation"("created_at") WHERE "status" IN ('queued', 'running');
ALTER TABLE "simulation" ADD CONSTRAINT "simulation_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "simulation" ADD CONSTRAINT "simulation_boundary_id_fkey" FOREIGN KEY ("boundary_id") REFERENCES "boundary_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "simulation" ADD CONSTRAINT "simulation_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "simulation_change" (
    "simulation_id" UUID NOT NULL,
    "entry_id" UUID NOT NULL,
    "was" TEXT NOT NULL,
    "would" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "rule" TEXT,

    CONSTRAINT "simulation_change_pkey" PRIMARY KEY ("simulation_id", "entry_id"),
    CONSTRAINT "simulation_change_known" CHECK ("was" IN ('allow', 'hold', 'forbid') AND "would" IN ('allow', 'hold', 'forbid') AND "was" <> "would")
);
ALTER TABLE "simulation_change" ADD CONSTRAINT "simulation_change_simulation_id_fkey" FOREIGN KEY ("simulation_id") REFERENCES "simulation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What a token may beside reading: nothing, or drafting boundaries its person may draft.
ALTER TABLE "api_token" ADD COLUMN "scope" TEXT NOT NULL DEFAULT 'read';
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_scope" CHECK ("scope" IN ('read', 'draft'));

DO $$
DECLARE
  -- the migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON "simulation" TO %I', app);
  EXECUTE format('GRANT UPDATE ("status", "progress", "seen", "result", "heartbeat_at", "finished_at") ON "simulation" TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT ON "simulation_change" TO %I', app);
END $$;
