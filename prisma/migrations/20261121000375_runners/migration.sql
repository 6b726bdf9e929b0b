-- Runners: programs that run an agent's commands in a sandbox and sign what they enforced (ADR 0050). A person enrols the public key of one for
-- an agent; the private key never leaves the machine it was made on.
CREATE TABLE "runner" (
  "id" UUID PRIMARY KEY,
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "name" TEXT NOT NULL CHECK (length("name") BETWEEN 1 AND 100),
  -- RFC 7638, of the public key
  "thumbprint" TEXT NOT NULL CHECK (length("thumbprint") = 43),
  -- the x of an Ed25519 public key (RFC 8037), base64url
  "public_key" TEXT NOT NULL CHECK (length("public_key") = 43),
  "enrolled_by" UUID NOT NULL REFERENCES "person"("id"),
  "enrolled_at" TIMESTAMPTZ(3) NOT NULL,
  "revoked_at" TIMESTAMPTZ(3),
  "revoked_by" UUID REFERENCES "person"("id"),
  CONSTRAINT "runner_once" UNIQUE ("agent_id", "thumbprint")
);

-- What a runner attested, each once: the nonce is the server's, and a second use of it is no attestation. Its entry is "sandbox.attested", by the
-- same id. The action is known when a grant is claimed; for what is decided at once it is written beside the decision.
CREATE TABLE "sandbox_attestation" (
  "id" UUID PRIMARY KEY,
  "nonce_hash" BYTEA NOT NULL UNIQUE CHECK (octet_length("nonce_hash") = 32),
  "runner_id" UUID NOT NULL REFERENCES "runner"("id"),
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "action_id" UUID,
  "request" BYTEA NOT NULL CHECK (octet_length("request") = 32),
  "profile" BYTEA NOT NULL CHECK (octet_length("profile") = 32),
  "enforced" JSONB NOT NULL,
  "runtime" TEXT NOT NULL CHECK (length("runtime") BETWEEN 1 AND 64),
  "runtime_version" TEXT NOT NULL CHECK (length("runtime_version") BETWEEN 1 AND 64),
  "issued_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL
);
CREATE INDEX "sandbox_attestation_of_action" ON "sandbox_attestation" ("action_id") WHERE "action_id" IS NOT NULL;

-- A runner revoked is a runner revoked, and the grants given on what it attested die with it.
CREATE FUNCTION gate_runner_revoke(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_agent uuid;
BEGIN
  UPDATE runner SET revoked_at = clock_timestamp(), revoked_by = (p ->> 'by')::uuid
    WHERE id = (p ->> 'id')::uuid AND revoked_at IS NULL RETURNING agent_id INTO v_agent;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  UPDATE agent SET revoked_epoch = p_epoch WHERE id = v_agent;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_runner_revoke(jsonb, bigint) FROM PUBLIC;

-- What was attested stays as it was; only the action it was for is written beside it, once.
CREATE FUNCTION sandbox_attestation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.action_id IS NOT NULL THEN
    RAISE EXCEPTION 'an attestation is for one action' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "sandbox_attestation_stays" BEFORE UPDATE ON "sandbox_attestation" FOR EACH ROW EXECUTE FUNCTION sandbox_attestation_stays();

DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "runner", "sandbox_attestation" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "agent_id", "name", "thumbprint", "public_key", "enrolled_by", "enrolled_at") ON "runner" TO %I', app);
  EXECUTE format('GRANT INSERT ON "sandbox_attestation" TO %I', app);
  EXECUTE format('GRANT UPDATE ("action_id") ON "sandbox_attestation" TO %I', app);
END $$;
