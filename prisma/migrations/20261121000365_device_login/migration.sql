-- The command line logs in by device flow (RFC 8628, ADR 0055). What it is given is a session like a browser's, found by the hash of a token
-- instead of a cookie: whatever ends the sessions of a person ends it too.
ALTER TABLE "session"
  ADD COLUMN "token_hash" BYTEA UNIQUE CHECK (octet_length("token_hash") = 32),
  -- what the machine calls itself: its own word
  ADD COLUMN "machine" TEXT CHECK (length("machine") BETWEEN 1 AND 200),
  ADD CONSTRAINT "session_of_a_command_line" CHECK (("token_hash" IS NULL) = ("machine" IS NULL)),
  ADD CONSTRAINT "session_of_a_command_line_lives_hours" CHECK ("token_hash" IS NULL OR "expires_at" <= "created_at" + interval '8 hours');

CREATE FUNCTION session_keeps_its_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.token_hash IS DISTINCT FROM OLD.token_hash OR NEW.machine IS DISTINCT FROM OLD.machine
    OR (OLD.token_hash IS NOT NULL AND (NEW.person_id <> OLD.person_id OR NEW.expires_at > OLD.expires_at)) THEN
    RAISE EXCEPTION 'a session keeps its token, its person and its end' USING ERRCODE = '42501';
  END IF;
  IF OLD.token_hash IS NOT NULL AND OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a revoked session of a command line stays revoked' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "session_keeps_its_token" BEFORE UPDATE ON "session" FOR EACH ROW EXECUTE FUNCTION session_keeps_its_token();

-- A command line that asks to be let in. It proves itself by a device code of 256 bits, kept as a hash; a person finds it by the user code.
CREATE TABLE "device_login" (
  "id" UUID PRIMARY KEY,
  "device_code_hash" BYTEA NOT NULL UNIQUE CHECK (octet_length("device_code_hash") = 32),
  -- without vowels and digits: nothing in it is taken for something else, and it spells no word (RFC 8628 §6.1)
  "user_code" TEXT NOT NULL UNIQUE CHECK ("user_code" ~ '^[BCDFGHJKLMNPQRSTVWXZ]{8}$'),
  -- by its own word
  "machine" TEXT NOT NULL CHECK (length("machine") BETWEEN 1 AND 200),
  "user_agent" TEXT NOT NULL CHECK (length("user_agent") <= 300),
  "address" TEXT NOT NULL CHECK (length("address") <= 100),
  "asked_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  -- how long it waits between two questions, in seconds: more each time it asks too soon
  "interval_seconds" INTEGER NOT NULL CHECK ("interval_seconds" BETWEEN 1 AND 600),
  "polled_at" TIMESTAMPTZ(3),
  -- who typed the code: it is theirs to answer, and nobody else's
  "person_id" UUID REFERENCES "person"("id"),
  "found_at" TIMESTAMPTZ(3),
  "answer" TEXT CHECK ("answer" IN ('allowed', 'refused')),
  "answered_at" TIMESTAMPTZ(3),
  -- the browser it was answered in: allowed, and not yet claimed, ends with that
  "answered_in" UUID REFERENCES "session"("id"),
  "session_id" UUID UNIQUE REFERENCES "session"("id"),
  "claimed_at" TIMESTAMPTZ(3),
  CONSTRAINT "device_login_is_short" CHECK ("expires_at" > "asked_at" AND "expires_at" <= "asked_at" + interval '15 minutes'),
  CONSTRAINT "device_login_found_by" CHECK (("person_id" IS NULL) = ("found_at" IS NULL)),
  CONSTRAINT "device_login_answered_by" CHECK (
    ("answer" IS NULL) = ("answered_at" IS NULL) AND ("answer" IS NULL) = ("answered_in" IS NULL) AND ("answer" IS NULL OR "person_id" IS NOT NULL)),
  CONSTRAINT "device_login_claimed_when_allowed" CHECK (
    ("session_id" IS NULL) = ("claimed_at" IS NULL) AND ("session_id" IS NULL OR "answer" = 'allowed'))
);
CREATE INDEX "device_login_asked_at" ON "device_login" ("asked_at");
CREATE INDEX "device_login_of_address" ON "device_login" ("address", "asked_at");

-- Found by one person, answered once, claimed once.
CREATE FUNCTION device_login_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.person_id IS NOT NULL AND NEW.person_id IS DISTINCT FROM OLD.person_id)
    OR (OLD.answer IS NOT NULL AND (NEW.answer, NEW.answered_at, NEW.answered_in) IS DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.answered_in))
    OR (OLD.session_id IS NOT NULL AND (NEW.session_id, NEW.claimed_at) IS DISTINCT FROM (OLD.session_id, OLD.claimed_at)) THEN
    RAISE EXCEPTION 'a device login is found, answered and claimed once' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "device_login_goes_forward" BEFORE UPDATE ON "device_login" FOR EACH ROW EXECUTE FUNCTION device_login_goes_forward();

DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT, DELETE ON "device_login" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "device_code_hash", "user_code", "machine", "user_agent", "address", "asked_at", "expires_at", "interval_seconds") ON "device_login" TO %I', app);
  EXECUTE format('GRANT UPDATE ("interval_seconds", "polled_at", "person_id", "found_at", "answer", "answered_at", "answered_in", "session_id", "claimed_at") ON "device_login" TO %I', app);
END $$;
