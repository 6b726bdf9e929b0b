-- Enforcement points (ADR 0047): gateways and services that ask, over AuthZEN, what agents may do. What one asks, it asks with a credential of the agent
-- that its owner gave it: it has no secret of its own, stands beside the agent's others, and ends with either of the two.
CREATE TABLE "enforcement_point" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL CHECK (length("name") BETWEEN 1 AND 80),
    -- SHA-256 of 256 random bits
    "token_hash" BYTEA NOT NULL CHECK (octet_length("token_hash") = 32),
    "hint" TEXT NOT NULL CHECK (length("hint") = 4),
    "created_by" UUID NOT NULL REFERENCES "person" ("id"),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "enforcement_point_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "enforcement_point_ends" CHECK ("expires_at" <= "created_at" + interval '366 days')
);
CREATE UNIQUE INDEX "enforcement_point_token_hash_key" ON "enforcement_point" ("token_hash");
CREATE UNIQUE INDEX "enforcement_point_name_key" ON "enforcement_point" (lower("name")) WHERE "revoked_at" IS NULL;

ALTER TABLE "credential" ADD COLUMN "enforcement_point_id" UUID REFERENCES "enforcement_point" ("id");
ALTER TABLE "credential" ALTER COLUMN "secret_hash" DROP NOT NULL;
-- a credential has a secret of its own, or is somebody's who proved themselves: never both, never neither
ALTER TABLE "credential" ADD CONSTRAINT "credential_proved" CHECK (("secret_hash" IS NULL) = ("enforcement_point_id" IS NOT NULL));
CREATE UNIQUE INDEX "credential_point_agent_key" ON "credential" ("enforcement_point_id", "agent_id") WHERE "enforcement_point_id" IS NOT NULL AND "revoked_at" IS NULL;

-- Revoked stays revoked, and what proves it is never another.
CREATE FUNCTION "enforcement_point_keeps"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a revoked enforcement point stays revoked' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "keeps" BEFORE UPDATE ON "enforcement_point" FOR EACH ROW EXECUTE FUNCTION "enforcement_point_keeps"();
ALTER TABLE "enforcement_point" ENABLE ALWAYS TRIGGER "keeps";

-- What an agent was asked about over AuthZEN, so that a search can say which of it the agent may act on. Of an agent and a type at most a thousand: a search is
-- for people and screens, not a register of everything.
CREATE TABLE "resource_asked" (
    "agent_id" UUID NOT NULL REFERENCES "agent" ("id"),
    "type" TEXT NOT NULL CHECK (length("type") BETWEEN 1 AND 128),
    "name" TEXT NOT NULL CHECK (length("name") BETWEEN 1 AND 512),

    CONSTRAINT "resource_asked_pkey" PRIMARY KEY ("agent_id", "type", "name")
);

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "enforcement_point" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "name", "token_hash", "hint", "created_by", "created_at", "expires_at") ON "enforcement_point" TO %I', app);
  EXECUTE format('GRANT UPDATE ("last_used_at", "revoked_at") ON "enforcement_point" TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT ON "resource_asked" TO %I', app);
  EXECUTE format('GRANT INSERT ("enforcement_point_id") ON "credential" TO %I', app);
END $$;
