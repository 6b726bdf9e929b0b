-- Security events out (CAEP 1.0, RFC 8935): one more way a stream speaks, and the key such events are signed with. The key is here, sealed under one
-- that is not, so that every replica signs with the same one; it signs nothing else.
ALTER TABLE "stream" DROP CONSTRAINT "stream_kind_check";
ALTER TABLE "stream" ADD CONSTRAINT "stream_kind_check" CHECK ("kind" IN ('cloudevents', 'otlp', 'ocsf_syslog', 'shared_signals'));

CREATE TABLE "signal_key" (
    "id" UUID NOT NULL PRIMARY KEY,
    "kid" TEXT NOT NULL UNIQUE,
    "public" JSONB NOT NULL,
    "sealed" BYTEA NOT NULL,
    -- one at a time signs; more are published
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp()
);
DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON "signal_key" TO %I', app);
END $$;
