-- The tables of schema public, by room; then the checks, indexes and grants that Prisma has no word for.
-- Roles are cluster-wide, so lib/db/logins.ts makes them before any migration runs; here they are only named.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "gate" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" BIGINT NOT NULL DEFAULT 1,
    "revoked_epoch" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "gate_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organisation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "throttle" (
    "key" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "throttle_pkey" PRIMARY KEY ("key","window_start")
);

-- CreateTable
CREATE TABLE "team" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "roles" TEXT[],
    "team_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deactivated_at" TIMESTAMPTZ(3),
    "deactivated_by" UUID,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "user_agent" TEXT NOT NULL DEFAULT '',
    "address" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "email" TEXT,
    "name" TEXT,
    "roles" TEXT[],
    "person_id" UUID,
    "invited_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person_change" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "change" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "requested_by" UUID NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "answered_by" UUID,
    "answered_at" TIMESTAMPTZ(3),
    "answer" TEXT,

    CONSTRAINT "person_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "hint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "on_call_shift" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "assigned_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "on_call_shift_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "digest" BYTEA NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "agent_id" UUID,
    "requester_id" UUID,
    "seats" INTEGER NOT NULL DEFAULT 1,
    "rule" JSONB NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verdict" (
    "id" UUID NOT NULL,
    "approval_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "answer" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "digest" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verdict_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "owner_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "review_date" DATE NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'registered',
    "state_reason" TEXT NOT NULL DEFAULT '',
    "state_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "registered_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_epoch" BIGINT NOT NULL DEFAULT 0,
    "data_provider" TEXT,
    "data_region" TEXT,
    "data_retention" TEXT,
    "data_agreement" TEXT,
    "data_accepted_by" UUID,
    "data_accepted_at" TIMESTAMPTZ(3),
    "tainted_until" TIMESTAMPTZ(3),

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "client_id" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tool" (
    "id" UUID NOT NULL,
    "server" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "schema" JSONB,
    "access" TEXT,
    "reversible" BOOLEAN,
    "audience" TEXT,
    "production" BOOLEAN,
    "spends" BOOLEAN,
    "source" TEXT NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_by" UUID,
    "confirmed_at" TIMESTAMPTZ(3),

    CONSTRAINT "tool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "boundary_version" (
    "id" UUID NOT NULL,
    "agent_id" UUID,
    "version" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "source" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "digest" BYTEA NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "drafted_by" UUID NOT NULL,
    "drafted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "signed_by" UUID,
    "signed_at" TIMESTAMPTZ(3),
    "statement" TEXT,
    "lapses_at" TIMESTAMPTZ(3),
    "closed_by" UUID,
    "closed_at" TIMESTAMPTZ(3),
    "closed_reason" TEXT,

    CONSTRAINT "boundary_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "tainted_at" TIMESTAMPTZ(3),
    "sandbox" JSONB,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "halt" (
    "id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "target" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL DEFAULT '',
    "engaged_by" UUID,
    "engaged_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "epoch" BIGINT NOT NULL,
    "until" TIMESTAMPTZ(3),
    "lifted_at" TIMESTAMPTZ(3),
    "lift_reason" TEXT,

    CONSTRAINT "halt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "halt_acknowledgement" (
    "halt_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "runs" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "halt_acknowledgement_pkey" PRIMARY KEY ("halt_id","agent_id")
);

-- CreateTable
CREATE TABLE "action" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "run_id" UUID,
    "credential_id" UUID NOT NULL,
    "boundary_id" UUID,
    "approval_id" UUID,
    "status" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "reason_code" TEXT NOT NULL,
    "rule" TEXT,
    "epoch" BIGINT NOT NULL,
    "digest" BYTEA NOT NULL,
    "sameness" BYTEA NOT NULL,
    "grant_hash" BYTEA,
    "grant_expires_at" TIMESTAMPTZ(3),
    "grant_used_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "action_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency" (
    "agent_id" UUID NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "action_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_pkey" PRIMARY KEY ("agent_id","key_hash")
);

-- CreateTable
CREATE TABLE "counter" (
    "agent_id" UUID NOT NULL,
    "window" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "used" INTEGER NOT NULL,

    CONSTRAINT "counter_pkey" PRIMARY KEY ("agent_id","window","starts_at")
);

-- CreateTable
CREATE TABLE "alert" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "agent_id" UUID,
    "count" INTEGER NOT NULL DEFAULT 1,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "last_index" BIGINT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "escalated_at" TIMESTAMPTZ(3),
    "reminded_at" TIMESTAMPTZ(3),
    "acknowledged_by" UUID,
    "acknowledged_at" TIMESTAMPTZ(3),
    "note" TEXT,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_occurrence" (
    "alert_id" UUID NOT NULL,
    "index" BIGINT NOT NULL,
    "entry_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_occurrence_pkey" PRIMARY KEY ("alert_id","index")
);

-- CreateIndex
CREATE UNIQUE INDEX "team_name_key" ON "team"("name");

-- CreateIndex
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");

-- CreateIndex
CREATE INDEX "session_person_id_expires_at_idx" ON "session"("person_id", "expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_hash_key" ON "api_token"("token_hash");

-- CreateIndex
CREATE INDEX "api_token_person_id_idx" ON "api_token"("person_id");

-- CreateIndex
CREATE INDEX "on_call_shift_starts_at_idx" ON "on_call_shift"("starts_at");

-- CreateIndex
CREATE INDEX "approval_subject_id_idx" ON "approval"("subject_id");

-- CreateIndex
CREATE INDEX "approval_agent_id_id_idx" ON "approval"("agent_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "verdict_approval_id_person_id_key" ON "verdict"("approval_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "agent_slug_key" ON "agent"("slug");

-- CreateIndex
CREATE INDEX "agent_owner_id_idx" ON "agent"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "credential_client_id_key" ON "credential"("client_id");

-- CreateIndex
CREATE UNIQUE INDEX "credential_secret_hash_key" ON "credential"("secret_hash");

-- CreateIndex
CREATE INDEX "credential_agent_id_idx" ON "credential"("agent_id");

-- CreateIndex
CREATE UNIQUE INDEX "tool_server_name_key" ON "tool"("server", "name");

-- CreateIndex
CREATE UNIQUE INDEX "boundary_version_agent_id_version_key" ON "boundary_version"("agent_id", "version");

-- CreateIndex
CREATE INDEX "run_agent_id_opened_at_idx" ON "run"("agent_id", "opened_at");

-- CreateIndex
CREATE INDEX "halt_engaged_at_idx" ON "halt"("engaged_at");

-- CreateIndex
CREATE INDEX "idempotency_created_at_idx" ON "idempotency"("created_at");

-- CreateIndex
CREATE INDEX "alert_last_at_idx" ON "alert"("last_at");

-- AddForeignKey
ALTER TABLE "person" ADD CONSTRAINT "person_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "person_change" ADD CONSTRAINT "person_change_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "person_change" ADD CONSTRAINT "person_change_requested_by_fkey" FOREIGN KEY ("requested_by") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "on_call_shift" ADD CONSTRAINT "on_call_shift_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verdict" ADD CONSTRAINT "verdict_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verdict" ADD CONSTRAINT "verdict_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_data_accepted_by_fkey" FOREIGN KEY ("data_accepted_by") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential" ADD CONSTRAINT "credential_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "boundary_version" ADD CONSTRAINT "boundary_version_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "boundary_version" ADD CONSTRAINT "boundary_version_drafted_by_fkey" FOREIGN KEY ("drafted_by") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "boundary_version" ADD CONSTRAINT "boundary_version_signed_by_fkey" FOREIGN KEY ("signed_by") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "halt" ADD CONSTRAINT "halt_engaged_by_fkey" FOREIGN KEY ("engaged_by") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "halt_acknowledgement" ADD CONSTRAINT "halt_acknowledgement_halt_id_fkey" FOREIGN KEY ("halt_id") REFERENCES "halt"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_occurrence" ADD CONSTRAINT "alert_occurrence_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- ---------------------------------------------------------------------------------------------------------------------
-- What Prisma has no word for. Postgres holds the invariants; the rules in lib/ only say them more kindly.

INSERT INTO "gate" ("id") VALUES (1);
ALTER TABLE "gate" ADD CONSTRAINT "gate_one_row" CHECK ("id" = 1);
ALTER TABLE "organisation" ADD CONSTRAINT "organisation_one_row" CHECK ("id" = 1);

ALTER TABLE "person"
  ADD CONSTRAINT "person_email_lower" CHECK ("email" = lower("email") AND "email" ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  ADD CONSTRAINT "person_name_said" CHECK (btrim("name") <> ''),
  ADD CONSTRAINT "person_roles_known" CHECK ("roles" <@ ARRAY['administrator', 'ciso', 'analyst', 'auditor']);
ALTER TABLE "invitation"
  ADD CONSTRAINT "invitation_kind_known" CHECK ("kind" IN ('first', 'join', 'reset')),
  ADD CONSTRAINT "invitation_hash" CHECK (octet_length("token_hash") = 32);
ALTER TABLE "person_change"
  ADD CONSTRAINT "person_change_known" CHECK ("change" IN ('grant_ciso', 'revoke_ciso', 'reset', 'deactivate')),
  ADD CONSTRAINT "person_change_two_people" CHECK ("answered_by" IS NULL OR "answered_by" <> "requested_by"),
  ADD CONSTRAINT "person_change_answer" CHECK (("answer" IS NULL) = ("answered_by" IS NULL) AND ("answer" IS NULL OR "answer" IN ('approved', 'refused')));
CREATE UNIQUE INDEX "person_change_open" ON "person_change" ("person_id", "change") WHERE "answer" IS NULL;
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_hash" CHECK (octet_length("token_hash") = 32);
ALTER TABLE "on_call_shift" ADD CONSTRAINT "on_call_shift_forward" CHECK ("ends_at" IS NULL OR "ends_at" > "starts_at");

ALTER TABLE "approval"
  ADD CONSTRAINT "approval_kind_known" CHECK ("kind" IN ('action', 'boundary', 'elevation', 'halt_lift')),
  ADD CONSTRAINT "approval_status_known" CHECK ("status" IN ('pending', 'approved', 'rejected', 'expired', 'withdrawn', 'superseded')),
  ADD CONSTRAINT "approval_seats" CHECK ("seats" BETWEEN 1 AND 10),
  ADD CONSTRAINT "approval_digest" CHECK (octet_length("digest") = 32),
  ADD CONSTRAINT "approval_closed" CHECK (("status" = 'pending') = ("closed_at" IS NULL)),
  ADD CONSTRAINT "approval_id_digest" UNIQUE ("id", "digest");
CREATE INDEX "approval_pending" ON "approval" ("expires_at") WHERE "status" = 'pending';
-- A verdict is for the digest the approval asks about, and for no other.
ALTER TABLE "verdict"
  ADD CONSTRAINT "verdict_for_the_digest" FOREIGN KEY ("approval_id", "digest") REFERENCES "approval" ("id", "digest"),
  ADD CONSTRAINT "verdict_answer_known" CHECK ("answer" IN ('approve', 'reject')),
  ADD CONSTRAINT "verdict_reject_says_why" CHECK ("answer" <> 'reject' OR btrim("reason") <> '');

ALTER TABLE "agent"
  ADD CONSTRAINT "agent_slug_form" CHECK ("slug" ~ '^[a-z][a-z0-9-]{1,62}$'),
  ADD CONSTRAINT "agent_purpose_said" CHECK (btrim("purpose") <> ''),
  ADD CONSTRAINT "agent_environment_known" CHECK ("environment" IN ('production', 'staging', 'development', 'test')),
  ADD CONSTRAINT "agent_state_known" CHECK ("state" IN ('registered', 'active', 'suspended', 'retired')),
  -- C30: where its data goes is decided, by a named person, before it is activated
  ADD CONSTRAINT "agent_data_decided" CHECK ("state" IN ('registered', 'retired') OR (
    btrim(coalesce("data_provider", '')) <> '' AND btrim(coalesce("data_region", '')) <> '' AND
    btrim(coalesce("data_retention", '')) <> '' AND btrim(coalesce("data_agreement", '')) <> '' AND
    "data_accepted_by" IS NOT NULL AND "data_accepted_at" IS NOT NULL));
ALTER TABLE "credential" ADD CONSTRAINT "credential_hash" CHECK (octet_length("secret_hash") = 32);

ALTER TABLE "tool"
  ADD CONSTRAINT "tool_server_form" CHECK ("server" ~ '^[A-Za-z0-9_-]{1,64}$'),
  ADD CONSTRAINT "tool_name_form" CHECK ("name" ~ '^[A-Za-z0-9_.:/-]{1,128}$'),
  ADD CONSTRAINT "tool_access_known" CHECK ("access" IN ('read', 'write')),
  ADD CONSTRAINT "tool_audience_known" CHECK ("audience" IN ('internal', 'customer', 'external')),
  ADD CONSTRAINT "tool_source_known" CHECK ("source" IN ('person', 'import', 'mcp', 'trace')),
  ADD CONSTRAINT "tool_confirmed_by_somebody" CHECK (("confirmed_at" IS NULL) = ("confirmed_by" IS NULL)),
  ADD CONSTRAINT "tool_confirmed_has_class" CHECK ("confirmed_at" IS NULL OR "access" IS NOT NULL);

ALTER TABLE "boundary_version"
  ADD CONSTRAINT "boundary_status_known" CHECK ("status" IN ('draft', 'signed', 'returned', 'withdrawn')),
  ADD CONSTRAINT "boundary_digest" CHECK (octet_length("digest") = 32),
  -- C15: a person signs, and never the drafter
  ADD CONSTRAINT "boundary_signed_whole" CHECK (("status" = 'signed') = ("signed_at" IS NOT NULL)
    AND ("signed_at" IS NULL) = ("signed_by" IS NULL) AND ("signed_at" IS NULL) = ("lapses_at" IS NULL)),
  ADD CONSTRAINT "boundary_signer_is_not_drafter" CHECK ("signed_by" <> "drafted_by");
CREATE UNIQUE INDEX "baseline_version" ON "boundary_version" ("version") WHERE "agent_id" IS NULL;
CREATE UNIQUE INDEX "boundary_one_draft" ON "boundary_version" (coalesce("agent_id", '00000000-0000-0000-0000-000000000000')) WHERE "status" = 'draft';
CREATE FUNCTION "boundary_signed_is_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a boundary version that is no draft never changes' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "signed_is_final" BEFORE UPDATE OR DELETE ON "boundary_version"
  FOR EACH ROW WHEN (OLD."status" <> 'draft') EXECUTE FUNCTION "boundary_signed_is_final"();
ALTER TABLE "boundary_version" ENABLE ALWAYS TRIGGER "signed_is_final";

ALTER TABLE "halt"
  ADD CONSTRAINT "halt_scope_known" CHECK ("scope" IN ('organisation', 'team', 'environment', 'agent', 'run', 'tool', 'server')),
  ADD CONSTRAINT "halt_target_named" CHECK (("scope" = 'organisation') = ("target" = ''));
CREATE UNIQUE INDEX "halt_in_force" ON "halt" ("scope", "target") WHERE "lifted_at" IS NULL;

ALTER TABLE "action"
  ADD CONSTRAINT "action_status_known" CHECK ("status" IN ('allowed', 'held', 'forbidden', 'approved', 'rejected', 'expired',
    'withdrawn', 'superseded', 'claimed', 'succeeded', 'failed', 'aborted', 'unknown')),
  ADD CONSTRAINT "action_decision_known" CHECK ("decision" IN ('allow', 'hold', 'forbid')),
  ADD CONSTRAINT "action_digests" CHECK (octet_length("digest") = 32 AND octet_length("sameness") = 32),
  ADD CONSTRAINT "action_held_has_approval" CHECK ("decision" <> 'hold' OR "approval_id" IS NOT NULL),
  ADD CONSTRAINT "action_forbidden_stays" CHECK ("decision" <> 'forbid' OR ("status" = 'forbidden' AND "grant_hash" IS NULL)),
  ADD CONSTRAINT "action_grant_whole" CHECK (("grant_hash" IS NULL) = ("grant_expires_at" IS NULL));
CREATE UNIQUE INDEX "action_grant" ON "action" ("grant_hash") WHERE "grant_hash" IS NOT NULL;
CREATE INDEX "action_approval" ON "action" ("approval_id") WHERE "approval_id" IS NOT NULL;
CREATE INDEX "action_open_grant" ON "action" ("grant_expires_at") WHERE "status" IN ('allowed', 'approved') AND "grant_expires_at" IS NOT NULL;
ALTER TABLE "idempotency" ADD CONSTRAINT "idempotency_hashes" CHECK (octet_length("key_hash") = 32 AND octet_length("body_hash") = 32);
ALTER TABLE "counter" ADD CONSTRAINT "counter_window_known" CHECK ("window" IN ('minute', 'hour', 'day') AND "used" >= 0);

ALTER TABLE "alert"
  ADD CONSTRAINT "alert_severity_known" CHECK ("severity" IN ('notice', 'warning', 'critical')),
  ADD CONSTRAINT "alert_acknowledged_by_somebody" CHECK (("acknowledged_at" IS NULL) = ("acknowledged_by" IS NULL));
CREATE UNIQUE INDEX "alert_open" ON "alert" ("key") WHERE "acknowledged_at" IS NULL;

-- Nobody takes an answer back: verdicts are inserted and never touched again, whoever asks.
CREATE FUNCTION "verdict_is_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a verdict never changes' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "final" BEFORE UPDATE OR DELETE ON "verdict" FOR EACH ROW EXECUTE FUNCTION "verdict_is_final"();
CREATE TRIGGER "final_all" BEFORE TRUNCATE ON "verdict" FOR EACH STATEMENT EXECUTE FUNCTION "verdict_is_final"();
ALTER TABLE "verdict" ENABLE ALWAYS TRIGGER "final";
ALTER TABLE "verdict" ENABLE ALWAYS TRIGGER "final_all";

-- What the app login may do. Whatever can alter a decision (halts, an agent's state, owner and review date, a credential's
-- end, a signature, a tool's confirmed class, a person's deactivation) is absent here: gate_apply() does it, under lock K.
DO $$
DECLARE
  -- the migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  jobs text := coalesce(nullif(current_setting('countersign.role_jobs', true), ''), current_database() || '_jobs');
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I, %I', app, jobs);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', app);
  EXECUTE format('GRANT INSERT, UPDATE ON "organisation", "throttle", "team", "session", "invitation", "person_change", "api_token", "on_call_shift", "approval", "run", "idempotency", "counter", "alert", "alert_occurrence" TO %I', app);
  EXECUTE format('GRANT DELETE ON "throttle", "idempotency", "counter" TO %I', app);
  EXECUTE format('GRANT INSERT ON "person", "verdict", "agent", "credential", "boundary_version", "halt_acknowledgement", "action" TO %I', app);
  EXECUTE format('GRANT UPDATE ("name", "password_hash", "roles", "team_id") ON "person" TO %I', app);
  EXECUTE format('GRANT UPDATE ("purpose", "team_id", "data_provider", "data_region", "data_retention", "data_agreement", "data_accepted_by", "data_accepted_at", "tainted_until") ON "agent" TO %I', app);
  EXECUTE format('GRANT UPDATE ("last_used_at") ON "credential" TO %I', app);
  EXECUTE format('GRANT UPDATE ("source", "document", "digest", "note", "drafted_by", "drafted_at") ON "boundary_version" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "server", "name", "description", "schema", "access", "reversible", "audience", "production", "spends", "source", "created_by") ON "tool" TO %I', app);
  EXECUTE format('GRANT UPDATE ("status", "approval_id", "grant_hash", "grant_expires_at", "grant_used_at", "ended_at", "epoch", "boundary_id") ON "action" TO %I', app);
  EXECUTE format('GRANT UPDATE ("at", "runs") ON "halt_acknowledgement" TO %I', app);
END $$;
