-- MCP servers that agents reach through the gateway (C08, ADR 0046). Proposing one only inserts; connecting and disconnecting go through
-- the gate, because they decide what agents can reach. Nothing of one is edited but its credential: what a person signed is `digest`.
CREATE TABLE "upstream" (
  "id" UUID PRIMARY KEY,
  -- as agents call it: the `crm` of `crm.refund_request`
  "name" TEXT NOT NULL CHECK ("name" ~ '^[A-Za-z0-9_-]{1,64}$' AND "name" NOT IN ('local', 'claude-code')),
  "transport" TEXT NOT NULL CHECK ("transport" IN ('http', 'stdio')),
  -- http: where it answers. stdio: the name of a program that the file of this server names
  "address" TEXT NOT NULL CHECK (length("address") BETWEEN 1 AND 2000),
  "header" TEXT CHECK ("header" ~ '^[a-z0-9-]{1,60}$'),
  -- AES-256-GCM under a key that is not in the database (lib/notify/secret.ts)
  "secret" BYTEA,
  "private" BOOLEAN NOT NULL,
  "owner_id" UUID NOT NULL REFERENCES "person"("id"),
  -- what it can reach, in the proposer's words
  "reach" TEXT NOT NULL CHECK (length(btrim("reach")) BETWEEN 1 AND 2000),
  -- whether anything on it can write to production, and whether only the organisation writes what it returns: both are signed for
  "production" BOOLEAN NOT NULL,
  "trusted" BOOLEAN NOT NULL,
  -- SHA-256 over RFC 8785 of all that is said above but the secret
  "digest" BYTEA NOT NULL CHECK (octet_length("digest") = 32),
  "state" TEXT NOT NULL DEFAULT 'proposed' CHECK ("state" IN ('proposed', 'connected', 'disconnected')),
  "proposed_by" UUID NOT NULL REFERENCES "person"("id"),
  "proposed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  "connected_by" UUID REFERENCES "person"("id"),
  "connected_at" TIMESTAMPTZ(3),
  "statement" TEXT,
  "ended_by" UUID REFERENCES "person"("id"),
  "ended_at" TIMESTAMPTZ(3),
  "end_reason" TEXT,
  CONSTRAINT "upstream_connected_by_somebody" CHECK ("state" <> 'connected' OR ("connected_by" IS NOT NULL AND "connected_at" IS NOT NULL)),
  CONSTRAINT "upstream_ended_by_somebody" CHECK (("state" = 'disconnected') = ("ended_at" IS NOT NULL) AND ("ended_at" IS NULL) = ("ended_by" IS NULL)),
  CONSTRAINT "upstream_secret_with_header" CHECK ("secret" IS NULL OR "header" IS NOT NULL)
);
CREATE UNIQUE INDEX "upstream_living" ON "upstream" (lower("name")) WHERE "state" <> 'disconnected';

-- The run that calls of an agent to an upstream belong to where its harness names none.
CREATE TABLE "upstream_run" (
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "upstream_id" UUID NOT NULL REFERENCES "upstream"("id"),
  "run_id" UUID NOT NULL REFERENCES "run"("id"),
  PRIMARY KEY ("agent_id", "upstream_id")
);

-- How often an agent's requests were refused before anything was decided, in the hour that began then: one row of each kind.
CREATE TABLE "upstream_refusal" (
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  "label" TEXT NOT NULL CHECK ("label" ~ '^[a-z_]{1,40}$'),
  "starts_at" TIMESTAMPTZ(3) NOT NULL,
  "used" INTEGER NOT NULL CHECK ("used" >= 1),
  PRIMARY KEY ("agent_id", "label")
);

-- An identical retry finds what was approved for it.
CREATE INDEX "approval_approved_deed" ON "approval" ("agent_id", "deed") WHERE "status" = 'approved' AND "kind" = 'action';

CREATE FUNCTION gate_upstream_connect(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v upstream;
  v_roles text[];
BEGIN
  SELECT * INTO v FROM upstream WHERE id = v_id FOR UPDATE;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'not_found'); END IF;
  IF v.state <> 'proposed' THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  IF v.digest IS DISTINCT FROM decode(p ->> 'digest', 'hex') THEN RETURN jsonb_build_object('refused', 'digest_mismatch'); END IF;
  IF NOT EXISTS (SELECT 1 FROM person o WHERE o.id = v.owner_id AND o.deactivated_at IS NULL) THEN RETURN jsonb_build_object('refused', 'conflict'); END IF;
  -- who may as of now, not as of when the page was opened
  SELECT roles INTO v_roles FROM person s WHERE s.id = v_by AND s.deactivated_at IS NULL;
  IF v_roles IS NULL THEN RETURN jsonb_build_object('refused', 'not_permitted'); END IF;
  IF v.production OR v.trusted THEN
    -- C08: a ciso signs for what can write to production, and for whom the taint is waived; never who proposed it
    IF NOT 'ciso' = ANY (v_roles) THEN RETURN jsonb_build_object('refused', 'not_permitted'); END IF;
    IF v.proposed_by = v_by THEN RETURN jsonb_build_object('refused', 'separation_of_duties'); END IF;
  ELSIF NOT v_roles && ARRAY['administrator', 'ciso'] THEN RETURN jsonb_build_object('refused', 'not_permitted');
  END IF;
  UPDATE upstream SET state = 'connected', connected_by = v_by, connected_at = clock_timestamp(), statement = p ->> 'statement' WHERE id = v_id;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_upstream_disconnect(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE upstream SET state = 'disconnected', ended_by = (p ->> 'by')::uuid, ended_at = clock_timestamp(), end_reason = p ->> 'reason', secret = NULL
    WHERE id = (p ->> 'id')::uuid AND state <> 'disconnected';
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  -- grants for calls to it die; too many is the safe side, they live seconds
  UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_upstream_connect(jsonb, bigint), gate_upstream_disconnect(jsonb, bigint) FROM PUBLIC;

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "upstream" TO %I', app);
  -- whether it is connected is the gate's alone
  EXECUTE format('GRANT INSERT ("id", "name", "transport", "address", "header", "secret", "private", "owner_id", "reach", "production", "trusted", "digest", "proposed_by") ON "upstream" TO %I', app);
  EXECUTE format('GRANT UPDATE ("secret") ON "upstream" TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ("run_id") ON "upstream_run" TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ("starts_at", "used") ON "upstream_refusal" TO %I', app);
END $$;
