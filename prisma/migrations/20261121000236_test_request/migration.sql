-- Planted test requests (C23, ADR 0035): what looks like a held action and is none. An approval of a kind of its own asks about it, no action
-- stands behind it, and so nothing of it can ever be executed, counted or granted: the gate gives grants for actions alone.
ALTER TABLE "approval" DROP CONSTRAINT "approval_kind_known";
ALTER TABLE "approval" ADD CONSTRAINT "approval_kind_known" CHECK ("kind" IN ('action', 'boundary', 'elevation', 'halt_lift', 'test'));

-- How many a month, of which kinds, for whom; the newest row holds. Nobody named: whoever may answer.
CREATE TABLE "test_plan" (
    "id" UUID NOT NULL PRIMARY KEY,
    "per_month" INTEGER NOT NULL CHECK ("per_month" BETWEEN 0 AND 60),
    "flaws" TEXT[] NOT NULL CHECK ("flaws" <@ ARRAY['amount', 'recipient', 'account'] AND cardinality("flaws") > 0),
    "teams" UUID[] NOT NULL DEFAULT '{}',
    "people" UUID[] NOT NULL DEFAULT '{}',
    -- when in the month they come is drawn from this, so that replicas agree and nobody can tell beforehand
    "seed" BYTEA NOT NULL CHECK (octet_length("seed") = 32),
    "set_by" UUID NOT NULL REFERENCES "person"("id"),
    "set_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp()
);

-- One test request. Its id is that of its entry, `test_request.planted`, whose payload holds what it shows. `template`: the held action of the
-- agent's own past it was made from. It is opened, as an approval about this id, from `opens_at` on.
CREATE TABLE "test_request" (
    "id" UUID NOT NULL PRIMARY KEY,
    "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
    "template_id" UUID NOT NULL REFERENCES "action"("id"),
    "boundary_id" UUID NOT NULL REFERENCES "boundary_version"("id"),
    "reason_code" TEXT NOT NULL,
    "rule" TEXT,
    "flaw" TEXT NOT NULL CHECK ("flaw" IN ('amount', 'recipient', 'account')),
    "digest" BYTEA NOT NULL CHECK (octet_length("digest") = 32),
    "teams" UUID[] NOT NULL DEFAULT '{}',
    "people" UUID[] NOT NULL DEFAULT '{}',
    -- null: by the plan
    "planted_by" UUID REFERENCES "person"("id"),
    "planted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "opens_at" TIMESTAMPTZ(3) NOT NULL,
    "waits_ms" BIGINT NOT NULL CHECK ("waits_ms" BETWEEN 60000 AND 2678400000)
);
CREATE INDEX "test_request_opens" ON "test_request" ("opens_at");

-- What became of each moment a plan drew: the test it planted, or why it planted none.
CREATE TABLE "test_slot" (
    "plan_id" UUID NOT NULL REFERENCES "test_plan"("id"),
    "at" TIMESTAMPTZ(3) NOT NULL,
    "test_id" UUID REFERENCES "test_request"("id"),
    PRIMARY KEY ("plan_id", "at")
);

-- An action asks people by an approval of its own kind, whoever writes the row: no verdict on a test request reaches one.
CREATE FUNCTION "action_asks_as_action"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM approval p WHERE p.id = NEW.approval_id AND p.kind = 'action') THEN
    RAISE EXCEPTION 'approval % is not about an action', NEW.approval_id USING ERRCODE = '23514', CONSTRAINT = 'action_asks_as_action';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "asks_as_action" BEFORE INSERT OR UPDATE OF "approval_id" ON "action"
  FOR EACH ROW WHEN (NEW."approval_id" IS NOT NULL) EXECUTE FUNCTION "action_asks_as_action"();
ALTER TABLE "action" ENABLE ALWAYS TRIGGER "asks_as_action";

-- What an approval asks about never changes, or a test could become a question about an action.
CREATE FUNCTION "approval_stays_what_it_asks"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what an approval asks about never changes' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "stays_what_it_asks" BEFORE UPDATE ON "approval"
  FOR EACH ROW WHEN (OLD."kind" <> NEW."kind" OR OLD."subject_id" <> NEW."subject_id") EXECUTE FUNCTION "approval_stays_what_it_asks"();
ALTER TABLE "approval" ENABLE ALWAYS TRIGGER "stays_what_it_asks";

DO $$
DECLARE
  -- the migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  grown text;
BEGIN
  FOREACH grown IN ARRAY ARRAY['test_plan', 'test_request', 'test_slot'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION attention_only_grows()', grown);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER only_grows', grown);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', grown, app);
  END LOOP;
END $$;
