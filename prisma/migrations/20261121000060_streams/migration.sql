-- What is pushed to the world outside, stream by stream: where to, from which index of the log on, and how it goes. Written in SQL
-- like the ledger's own tables: the sender's leases and acknowledgements are single statements that Prisma has no word for.
CREATE TABLE "stream" (
  "id" UUID PRIMARY KEY,
  "name" TEXT NOT NULL CHECK (btrim("name") <> ''),
  "kind" TEXT NOT NULL CHECK ("kind" IN ('cloudevents', 'otlp', 'ocsf_syslog')),
  -- where to and how, without anything secret
  "settings" JSONB NOT NULL,
  -- sealed under a key that is outside the database; shown to nobody
  "secret" BYTEA,
  -- null: every kind of entry
  "kinds" TEXT[],
  "contents" TEXT NOT NULL CHECK ("contents" IN ('entries', 'projection')),
  "state" TEXT NOT NULL DEFAULT 'active' CHECK ("state" IN ('active', 'failing', 'paused', 'removed')),
  -- failing, and not tried again until a person says so
  "stopped" BOOLEAN NOT NULL DEFAULT false,
  -- moves with every edit: whoever sends by older settings stops
  "version" INTEGER NOT NULL DEFAULT 1,
  -- the first entry that is not acknowledged, and since when it has been told to begin there
  "next_index" BIGINT NOT NULL CHECK ("next_index" >= 0),
  "told_at" TIMESTAMPTZ(3) NOT NULL,
  "acked_at" TIMESTAMPTZ(3),
  "acked_entry_at" TIMESTAMPTZ(3),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_try_at" TIMESTAMPTZ(3),
  "error" TEXT,
  "error_detail" TEXT,
  "error_index" BIGINT,
  "error_at" TIMESTAMPTZ(3),
  "failing_since" TIMESTAMPTZ(3),
  -- said to be behind, once, until it has caught up
  "lagged_at" TIMESTAMPTZ(3),
  "sent" BIGINT NOT NULL DEFAULT 0,
  -- sent in the minute that began then, and in the one before
  "minute_at" TIMESTAMPTZ(3),
  "minute_sent" INTEGER NOT NULL DEFAULT 0,
  "minute_before" INTEGER NOT NULL DEFAULT 0,
  -- one sender at a time, whichever replica: it renews while it sends, and its acknowledgements count only while it holds
  "lease_by" UUID,
  "lease_until" TIMESTAMPTZ(3),
  "created_by" UUID NOT NULL REFERENCES "person"("id"),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "stream_stopped_is_failing" CHECK (NOT "stopped" OR "state" = 'failing'),
  CONSTRAINT "stream_failing_says_why" CHECK ("state" <> 'failing' OR "error" IS NOT NULL)
);
CREATE UNIQUE INDEX "stream_name_living" ON "stream" (lower("name")) WHERE "state" <> 'removed';

-- What a person decided to go on without. Nothing else ever skips an entry.
CREATE TABLE "stream_dead_letter" (
  "stream_id" UUID NOT NULL REFERENCES "stream"("id"),
  "index" BIGINT NOT NULL,
  "entry_id" UUID NOT NULL,
  "error" TEXT NOT NULL,
  "error_detail" TEXT,
  "skipped_by" UUID NOT NULL REFERENCES "person"("id"),
  "skipped_at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("stream_id", "index")
);

DO $$
DECLARE app text := current_setting('countersign.role_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON "stream", "stream_dead_letter" TO %I', app);
  -- a stream keeps its id, its kind and who made it
  EXECUTE format('GRANT UPDATE ("name", "settings", "secret", "kinds", "contents", "state", "stopped", "version", "next_index", "told_at", "acked_at", "acked_entry_at", "attempts", "next_try_at", "error", "error_detail", "error_index", "error_at", "failing_since", "lagged_at", "sent", "minute_at", "minute_sent", "minute_before", "lease_by", "lease_until") ON "stream" TO %I', app);
END $$;
