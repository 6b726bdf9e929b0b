-- Claude Code, governed by its HTTP hooks (ADR 0045). A session's environment is fixed at its start and outlives an access token of ten
-- minutes: it is given a token that is good for the address of the hooks alone, for a day at most, and is revoked at once.
CREATE TABLE "hook_token" (
  "id" UUID PRIMARY KEY,
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  -- the credential it was asked for with: with that it dies
  "credential_id" UUID NOT NULL REFERENCES "credential"("id"),
  "hash" BYTEA NOT NULL UNIQUE CHECK (octet_length("hash") = 32),
  -- where it is used, by the word of whoever asked for it
  "machine" TEXT NOT NULL DEFAULT '' CHECK (length("machine") <= 200),
  "made_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "heard_at" TIMESTAMPTZ(3),
  -- a machine said that a session begins there with it
  "began_at" TIMESTAMPTZ(3),
  "revoked_at" TIMESTAMPTZ(3),
  -- null: its agent gave it up
  "revoked_by" UUID REFERENCES "person"("id"),
  -- when it was said that a session began with it, or it was made, and no hook was heard
  "silent_at" TIMESTAMPTZ(3),
  CONSTRAINT "hook_token_lives_a_day" CHECK ("expires_at" > "made_at" AND "expires_at" <= "made_at" + interval '24 hours')
);
CREATE INDEX "hook_token_of_agent" ON "hook_token" ("agent_id", "made_at" DESC);

-- A session of Claude Code is a run. Its id is the client's word, so it is the agent's own, and nobody else's.
CREATE TABLE "hook_session" (
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "session" TEXT NOT NULL CHECK (length("session") BETWEEN 1 AND 100),
  "run_id" UUID NOT NULL REFERENCES "run"("id"),
  -- where it began, on its own machine
  "folder" TEXT CHECK (length("folder") <= 4096),
  "heard_at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("agent_id", "session")
);

-- Which decision a call of a tool was let through by: what came of it is reported by the call, since the grant never leaves the server.
CREATE TABLE "hook_call" (
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "session" TEXT NOT NULL,
  "call" TEXT NOT NULL CHECK (length("call") BETWEEN 1 AND 200),
  "action_id" UUID NOT NULL,
  -- over tool and input: a question about the same call that does not name it is about this one
  "likeness" BYTEA NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("agent_id", "session", "call")
);
CREATE INDEX "hook_call_at" ON "hook_call" ("at");

DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "hook_token", "hook_session", "hook_call" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "agent_id", "credential_id", "hash", "machine", "made_at", "expires_at") ON "hook_token" TO %I', app);
  -- a token keeps whose it is and when it ends; a revoked one stays so, which a trigger holds
  EXECUTE format('GRANT UPDATE ("heard_at", "began_at", "revoked_at", "revoked_by", "silent_at") ON "hook_token" TO %I', app);
  EXECUTE format('GRANT INSERT, DELETE ON "hook_session", "hook_call" TO %I', app);
  EXECUTE format('GRANT UPDATE ("run_id", "folder", "heard_at") ON "hook_session" TO %I', app);
  EXECUTE format('GRANT UPDATE ("action_id", "likeness", "at") ON "hook_call" TO %I', app);
END $$;

CREATE FUNCTION hook_token_stays_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a revoked hook token stays revoked' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "hook_token_stays_revoked" BEFORE UPDATE ON "hook_token" FOR EACH ROW EXECUTE FUNCTION hook_token_stays_revoked();
