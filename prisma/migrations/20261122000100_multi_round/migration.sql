-- Rounds of calls to MCP servers (ADR 0056): a server asked back within a call, and its client may go on with it, once. What was asked and the
-- server's own memory are with the client, sealed; here is what makes one round of one call answerable once, on whatever replica.
CREATE TABLE "upstream_round" (
  "id" UUID PRIMARY KEY,
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "upstream_id" UUID NOT NULL REFERENCES "upstream"("id"),
  "run_id" UUID NOT NULL REFERENCES "run"("id"),
  -- the action whose result asked; it and its entry are partitioned and pruned by their own rules
  "action_id" UUID NOT NULL,
  -- keyed hash of tool and arguments, as the client sent them
  "call" BYTEA NOT NULL CHECK (octet_length("call") = 32),
  "asked_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL CHECK ("expires_at" <= "asked_at" + interval '8 days'),
  -- the action that went on with it: once set, never again
  "taken_by" UUID,
  "taken_at" TIMESTAMPTZ(3),
  CONSTRAINT "upstream_round_taken_by_something" CHECK (("taken_by" IS NULL) = ("taken_at" IS NULL))
);
CREATE INDEX "upstream_round_open" ON "upstream_round" ("agent_id", "asked_at") WHERE "taken_by" IS NULL;
CREATE INDEX "upstream_round_expires" ON "upstream_round" ("expires_at");

-- What was gone on with stays so, whoever writes: a state is good for one answer.
CREATE FUNCTION upstream_round_taken_once() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.taken_by IS NOT NULL AND (NEW.taken_by IS DISTINCT FROM OLD.taken_by OR NEW.taken_at IS DISTINCT FROM OLD.taken_at) THEN
    RAISE EXCEPTION 'this round was gone on with already' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.expires_at > OLD.expires_at THEN
    RAISE EXCEPTION 'a round is not made to last longer' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION upstream_round_taken_once() FROM PUBLIC;
CREATE TRIGGER "upstream_round_taken_once" BEFORE UPDATE ON "upstream_round" FOR EACH ROW EXECUTE FUNCTION upstream_round_taken_once();

DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT, DELETE ON "upstream_round" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "agent_id", "upstream_id", "run_id", "action_id", "call", "asked_at", "expires_at") ON "upstream_round" TO %I', app);
  EXECUTE format('GRANT UPDATE ("taken_by", "taken_at", "expires_at") ON "upstream_round" TO %I', app);
END $$;
