-- Shared signals (ADR 0042 b, RFC 8417, RFC 8935): identity providers whose security events are heard, whom of theirs we know, and what came. An
-- event contains agents by halts, through the gate; nothing here lifts one.
CREATE TABLE "identity_provider" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL CHECK (btrim("name") <> ''),
    "issuer" TEXT NOT NULL CHECK ("issuer" <> ''),
    "audience" TEXT NOT NULL CHECK ("audience" <> ''),
    "jwks_url" TEXT NOT NULL CHECK ("jwks_url" LIKE 'http%'),
    "private" BOOLEAN NOT NULL DEFAULT false,
    "created_by" UUID NOT NULL REFERENCES "person"("id"),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3)
);
CREATE UNIQUE INDEX "identity_provider_issuer" ON "identity_provider" ("issuer") WHERE "removed_at" IS NULL;

-- Who a provider's subject is here, where it does not name them by e-mail.
CREATE TABLE "identity_subject" (
    "provider_id" UUID NOT NULL REFERENCES "identity_provider"("id"),
    "subject" TEXT NOT NULL CHECK ("subject" <> ''),
    "person_id" UUID NOT NULL REFERENCES "person"("id"),
    "linked_by" UUID NOT NULL REFERENCES "person"("id"),
    "linked_at" TIMESTAMPTZ(3) NOT NULL,
    PRIMARY KEY ("provider_id", "subject")
);

-- Each event once, by its `jti`; `token` is the SHA-256 of what was sent, so that the same sent again is known from another under its name.
CREATE TABLE "security_event" (
    "provider_id" UUID NOT NULL REFERENCES "identity_provider"("id"),
    "jti" BYTEA NOT NULL CHECK (octet_length("jti") = 32),
    "token" BYTEA NOT NULL CHECK (octet_length("token") = 32),
    "kind" TEXT NOT NULL CHECK ("kind" IN ('session_revoked', 'credential_change', 'account_disabled', 'verification', 'ignored')),
    "outcome" TEXT NOT NULL CHECK ("outcome" IN ('contained', 'no_agents', 'nobody', 'verified', 'ignored')),
    "person_id" UUID REFERENCES "person"("id"),
    "agents" INTEGER NOT NULL DEFAULT 0,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    PRIMARY KEY ("provider_id", "jti")
);
CREATE INDEX "security_event_newest" ON "security_event" ("received_at" DESC);

DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON "identity_provider", "identity_subject", "security_event" TO %I', app);
  EXECUTE format('GRANT UPDATE ("removed_at") ON "identity_provider" TO %I', app);
  EXECUTE format('GRANT UPDATE ("person_id", "linked_by", "linked_at") ON "identity_subject" TO %I', app);
  EXECUTE 'CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON "security_event" FOR EACH ROW EXECUTE FUNCTION attention_only_grows()';
  EXECUTE 'ALTER TABLE "security_event" ENABLE ALWAYS TRIGGER only_grows';
END $$;
