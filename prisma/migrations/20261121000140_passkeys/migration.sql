-- Passkeys (C15; ADR 0019): what somebody signs with. Public keys alone; a row never changes but for its name, its counter and its end.
CREATE TABLE "passkey" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "credential_id" BYTEA NOT NULL,
    -- COSE_Key (RFC 9052), as the authenticator gave it
    "public_key" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL DEFAULT 0,
    "transports" TEXT[] NOT NULL DEFAULT '{}',
    -- synced to other devices by its maker
    "synced" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),
    "removed_by" UUID,

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "passkey_name" CHECK (char_length("name") BETWEEN 1 AND 60),
    CONSTRAINT "passkey_credential" CHECK (octet_length("credential_id") BETWEEN 16 AND 1023),
    CONSTRAINT "passkey_public_key" CHECK (octet_length("public_key") BETWEEN 32 AND 2048),
    CONSTRAINT "passkey_removed_by_somebody" CHECK (("removed_at" IS NULL) = ("removed_by" IS NULL))
);
-- One credential is one person's, also after it was removed.
CREATE UNIQUE INDEX "passkey_credential_id_key" ON "passkey"("credential_id");
CREATE INDEX "passkey_person_id_idx" ON "passkey"("person_id");
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_removed_by_fkey" FOREIGN KEY ("removed_by") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What somebody is asked to sign: `challenge` is the SHA-256 of the RFC 8785 form of `statement`. It serves once, for one person.
-- `passkey_id` is written when the answer was found to hold: then it is the evidence that the passkey was there.
CREATE TABLE "passkey_challenge" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "subject_id" UUID,
    "digest" BYTEA,
    "statement" JSONB NOT NULL,
    "challenge" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "passkey_id" UUID,

    CONSTRAINT "passkey_challenge_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "passkey_challenge_hash" CHECK (octet_length("challenge") = 32 AND ("digest" IS NULL OR octet_length("digest") = 32)),
    CONSTRAINT "passkey_challenge_short" CHECK ("expires_at" <= "created_at" + interval '10 minutes'),
    CONSTRAINT "passkey_challenge_answered" CHECK ("passkey_id" IS NULL OR "used_at" IS NOT NULL)
);
CREATE UNIQUE INDEX "passkey_challenge_challenge_key" ON "passkey_challenge"("challenge");
CREATE INDEX "passkey_challenge_subject_id_idx" ON "passkey_challenge"("subject_id");
CREATE INDEX "passkey_challenge_expires_at_idx" ON "passkey_challenge"("expires_at");
ALTER TABLE "passkey_challenge" ADD CONSTRAINT "passkey_challenge_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "passkey_challenge" ADD CONSTRAINT "passkey_challenge_passkey_id_fkey" FOREIGN KEY ("passkey_id") REFERENCES "passkey"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A removed passkey stays removed, a counter never goes back, and a challenge is answered once, whoever asks.
CREATE FUNCTION "passkey_only_forward"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF OLD."removed_at" IS NOT NULL THEN RAISE EXCEPTION 'a removed passkey stays removed' USING ERRCODE = '42501'; END IF;
  IF NEW."counter" < OLD."counter" THEN RAISE EXCEPTION 'a signature counter never goes back' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "only_forward" BEFORE UPDATE ON "passkey" FOR EACH ROW EXECUTE FUNCTION "passkey_only_forward"();
ALTER TABLE "passkey" ENABLE ALWAYS TRIGGER "only_forward";

CREATE FUNCTION "passkey_challenge_once"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'a challenge is answered once' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "once" BEFORE UPDATE ON "passkey_challenge" FOR EACH ROW
  WHEN (OLD."passkey_id" IS NOT NULL OR (OLD."used_at" IS NOT NULL AND NEW."used_at" IS DISTINCT FROM OLD."used_at"))
  EXECUTE FUNCTION "passkey_challenge_once"();
ALTER TABLE "passkey_challenge" ENABLE ALWAYS TRIGGER "once";

-- When signatures need a passkey: always, or from the first passkey of a ciso on. There is no third way, and none back from the second.
ALTER TABLE "organisation" ADD COLUMN "signatures" TEXT NOT NULL DEFAULT 'once_registered';
ALTER TABLE "organisation" ADD CONSTRAINT "organisation_signatures_known" CHECK ("signatures" IN ('once_registered', 'always'));
ALTER TABLE "boundary_version" ADD COLUMN "signed_with" UUID;
ALTER TABLE "boundary_version" ADD CONSTRAINT "boundary_version_signed_with_fkey" FOREIGN KEY ("signed_with") REFERENCES "passkey"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE FUNCTION "signatures_need_passkey"() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM organisation WHERE signatures = 'always')
      -- removed passkeys and people who left count: what was once asked for is not lost by removing it
      OR EXISTS (SELECT 1 FROM passkey k JOIN person p ON p.id = k.person_id WHERE 'ciso' = ANY (p.roles))
      OR EXISTS (SELECT 1 FROM boundary_version WHERE signed_with IS NOT NULL)
$$;

-- Held here, under whichever function signs: a signature is by a passkey that answered for this digest just now, or none is asked for.
-- (A version that only narrows is put in force by one person without a signature; such a version names the one it was narrowed from.)
CREATE FUNCTION "boundary_signed_with"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) ->> 'tightened_from' IS NOT NULL THEN RETURN NEW; END IF;
  SELECT k.id INTO NEW.signed_with FROM passkey_challenge c JOIN passkey k ON k.id = c.passkey_id
    WHERE c.subject_id = NEW.id AND c.person_id = NEW.signed_by AND c.digest = NEW.digest
      AND c.what = CASE WHEN NEW.agent_id IS NULL THEN 'baseline.sign' ELSE 'boundary.sign' END
      AND (c.statement ->> 'version')::int = NEW.version AND (c.statement ->> 'lapses')::timestamptz = NEW.lapses_at
      AND k.person_id = NEW.signed_by AND k.removed_at IS NULL AND c.used_at > clock_timestamp() - interval '1 minute'
    ORDER BY c.used_at DESC LIMIT 1;
  IF NEW.signed_with IS NULL AND signatures_need_passkey() THEN
    RAISE EXCEPTION 'this signature needs a passkey' USING ERRCODE = 'CSPK1';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "signed_with_passkey" BEFORE UPDATE ON "boundary_version"
  FOR EACH ROW WHEN (OLD."status" = 'draft' AND NEW."status" = 'signed') EXECUTE FUNCTION "boundary_signed_with"();
ALTER TABLE "boundary_version" ENABLE ALWAYS TRIGGER "signed_with_passkey";

DO $$
DECLARE
  -- the migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "passkey", "passkey_challenge" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "person_id", "name", "credential_id", "public_key", "counter", "transports", "synced", "created_at") ON "passkey" TO %I', app);
  EXECUTE format('GRANT UPDATE ("name", "counter", "synced", "last_used_at", "removed_at", "removed_by") ON "passkey" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "person_id", "what", "subject_id", "digest", "statement", "challenge", "created_at", "expires_at") ON "passkey_challenge" TO %I', app);
  EXECUTE format('GRANT UPDATE ("used_at", "passkey_id") ON "passkey_challenge" TO %I', app);
  EXECUTE format('GRANT DELETE ON "passkey_challenge" TO %I', app);
END $$;
