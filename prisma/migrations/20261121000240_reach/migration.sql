-- How people hear: where to (channels), what each person wants, and one row for every message. Written in SQL like the streams: leases
-- and partial indexes are what Prisma has no word for.
CREATE TABLE "channel" (
  "id" UUID PRIMARY KEY,
  "name" TEXT NOT NULL CHECK (btrim("name") <> ''),
  -- smtp: how mail leaves this house, at most one; the others are rooms that people of a team read
  "kind" TEXT NOT NULL CHECK ("kind" IN ('slack', 'teams', 'pagerduty', 'smtp')),
  -- where to and how, without anything secret
  "settings" JSONB NOT NULL,
  -- sealed under a key that is outside the database; shown to nobody. A webhook's address is itself the secret.
  "secret" BYTEA,
  -- null: of the whole organisation
  "team_id" UUID REFERENCES "team"("id"),
  "kinds" TEXT[] NOT NULL,
  "severity" TEXT NOT NULL DEFAULT 'warning' CHECK ("severity" IN ('notice', 'warning', 'critical')),
  "state" TEXT NOT NULL DEFAULT 'active' CHECK ("state" IN ('active', 'failing', 'removed')),
  -- failures in a row
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "error" TEXT,
  "error_detail" TEXT,
  "error_at" TIMESTAMPTZ(3),
  "failing_since" TIMESTAMPTZ(3),
  "sent" BIGINT NOT NULL DEFAULT 0,
  "sent_at" TIMESTAMPTZ(3),
  -- null: by the environment of the server
  "created_by" UUID REFERENCES "person"("id"),
  "created_at" TIMESTAMPTZ(3) NOT NULL
);
CREATE UNIQUE INDEX "channel_name_living" ON "channel" (lower("name")) WHERE "state" <> 'removed';
CREATE UNIQUE INDEX "channel_one_smtp" ON "channel" ("kind") WHERE "kind" = 'smtp' AND "state" <> 'removed';

-- What one person wants to hear how. No row: the defaults of lib/notify/choice.ts.
CREATE TABLE "notification_choice" (
  "person_id" UUID PRIMARY KEY REFERENCES "person"("id"),
  "wants" JSONB NOT NULL,
  "severity" TEXT NOT NULL CHECK ("severity" IN ('notice', 'warning', 'critical')),
  -- null: the organisation's
  "time_zone" TEXT,
  -- minutes of the day, both or neither
  "quiet_from" SMALLINT CHECK ("quiet_from" BETWEEN 0 AND 1439),
  "quiet_until" SMALLINT CHECK ("quiet_until" BETWEEN 0 AND 1439),
  "urgent" BOOLEAN NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "notification_choice_quiet_whole" CHECK (("quiet_from" IS NULL) = ("quiet_until" IS NULL))
);

-- One row a message: ids and words of ours alone. What an agent said is read when it is sent, so that erasing it leaves none here.
CREATE TABLE "notification" (
  "id" UUID PRIMARY KEY,
  -- in the order of the log: ids of one millisecond have none
  "seq" BIGINT GENERATED ALWAYS AS IDENTITY,
  "kind" TEXT NOT NULL,
  -- what happened to it: asked, expired, raised, …
  "what" TEXT NOT NULL,
  "via" TEXT NOT NULL CHECK ("via" IN ('mail', 'browser', 'slack', 'teams', 'pagerduty')),
  "person_id" UUID REFERENCES "person"("id"),
  "channel_id" UUID REFERENCES "channel"("id"),
  -- what it is about, for receivers that open and close: `approval:…`, `alert:…`, `halt:…`
  "thread" TEXT NOT NULL,
  "act" TEXT NOT NULL CHECK ("act" IN ('trigger', 'acknowledge', 'resolve')),
  -- what is alike becomes one message with a count
  "group_key" TEXT NOT NULL,
  -- the ids of what it is about, the first of them; never more than 50
  "things" JSONB NOT NULL,
  "count" INTEGER NOT NULL DEFAULT 1 CHECK ("count" > 0),
  "severity" TEXT NOT NULL CHECK ("severity" IN ('notice', 'warning', 'critical')),
  "urgent" BOOLEAN NOT NULL,
  "pace" TEXT NOT NULL CHECK ("pace" IN ('now', 'hourly', 'daily')),
  "state" TEXT NOT NULL DEFAULT 'queued' CHECK ("state" IN ('queued', 'sent', 'failed', 'suppressed', 'digested')),
  -- why it failed last or was suppressed: a closed code, and a detail of ours
  "why" TEXT,
  "detail" TEXT,
  -- the message it went with, where it is digested
  "with_id" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "lease_by" UUID,
  "lease_until" TIMESTAMPTZ(3),
  -- open screens were told that it waits for them
  "told" BOOLEAN NOT NULL DEFAULT false,
  "settled_at" TIMESTAMPTZ(3),
  CONSTRAINT "notification_to_one" CHECK (("person_id" IS NULL) <> ("channel_id" IS NULL)),
  CONSTRAINT "notification_settled" CHECK (("state" = 'queued') = ("settled_at" IS NULL))
);
-- Of what is alike and was not tried yet there is one row: the next adds to its count.
CREATE UNIQUE INDEX "notification_open" ON "notification" (coalesce("person_id", "channel_id"), "via", "group_key")
  WHERE "state" = 'queued' AND "attempts" = 0;
CREATE INDEX "notification_due" ON "notification" ("due_at") WHERE "state" = 'queued';
CREATE INDEX "notification_of" ON "notification" (coalesce("person_id", "channel_id"), "id");
CREATE INDEX "notification_alike" ON "notification" (coalesce("person_id", "channel_id"), "via", "group_key", "created_at");
CREATE INDEX "notification_thread" ON "notification" ("channel_id", "thread") WHERE "channel_id" IS NOT NULL;
CREATE INDEX "notification_old" ON "notification" ("settled_at") WHERE "settled_at" IS NOT NULL;

-- Requests about whose nearing end people were told: once each.
CREATE TABLE "expiry_told" (
  "approval_id" UUID PRIMARY KEY REFERENCES "approval"("id"),
  "at" TIMESTAMPTZ(3) NOT NULL
);

DO $$
DECLARE app text := current_setting('countersign.role_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON "channel", "notification_choice", "notification", "expiry_told" TO %I', app);
  -- a channel keeps its id, its kind and who made it
  EXECUTE format('GRANT UPDATE ("name", "settings", "secret", "team_id", "kinds", "severity", "state", "attempts", "error", "error_detail", "error_at", "failing_since", "sent", "sent_at") ON "channel" TO %I', app);
  EXECUTE format('GRANT UPDATE ("wants", "severity", "time_zone", "quiet_from", "quiet_until", "urgent", "updated_at") ON "notification_choice" TO %I', app);
  -- a message keeps to whom it goes and what it is about
  EXECUTE format('GRANT UPDATE ("things", "count", "due_at", "state", "why", "detail", "with_id", "attempts", "lease_by", "lease_until", "told", "settled_at") ON "notification" TO %I', app);
  -- what was settled long ago is forgotten
  EXECUTE format('GRANT DELETE ON "notification", "expiry_told" TO %I', app);
END $$;
