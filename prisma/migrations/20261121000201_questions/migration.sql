-- What people do with a held action beside answering it (C22): they ask its agent something, and they edit what it asked for.

CREATE TABLE "question" (
  "id" uuid PRIMARY KEY,
  "approval_id" uuid NOT NULL REFERENCES "approval" ("id"),
  "asked_by" uuid NOT NULL REFERENCES "person" ("id"),
  "text" text NOT NULL,
  "asked_at" timestamptz(3) NOT NULL DEFAULT now(),
  "answer" text,
  "answered_at" timestamptz(3),
  CONSTRAINT "question_said" CHECK (btrim("text") <> '' AND length("text") <= 2000),
  CONSTRAINT "question_answered_whole" CHECK (("answer" IS NULL) = ("answered_at" IS NULL) AND length("answer") <= 8000)
);
-- one at a time: an agent answers the one that stands
CREATE UNIQUE INDEX "question_open" ON "question" ("approval_id") WHERE "answered_at" IS NULL;
CREATE INDEX "question_of_approval" ON "question" ("approval_id", "asked_at");
CREATE FUNCTION "question_is_final"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'an answered question never changes' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "question_final" BEFORE UPDATE OR DELETE ON "question" FOR EACH ROW WHEN (OLD."answered_at" IS NOT NULL) EXECUTE FUNCTION "question_is_final"();
ALTER TABLE "question" ENABLE ALWAYS TRIGGER "question_final";

-- Edited arguments are another digest, which every verdict is on from then. `edit_id` is the entry that keeps them; what was asked for stays in the
-- entry of the decision. Nothing is edited once somebody has answered it: the foreign key of the verdict names the digest.
ALTER TABLE "action" ADD COLUMN "edit_id" uuid;
CREATE FUNCTION "digest_changes_while_pending"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD."status" <> 'pending' OR NEW."status" <> 'pending' OR EXISTS (SELECT 1 FROM verdict v WHERE v.approval_id = OLD."id") THEN
    RAISE EXCEPTION 'what was answered is edited no more' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "digest_changes" BEFORE UPDATE ON "approval" FOR EACH ROW WHEN (OLD."digest" IS DISTINCT FROM NEW."digest") EXECUTE FUNCTION "digest_changes_while_pending"();
ALTER TABLE "approval" ENABLE ALWAYS TRIGGER "digest_changes";
CREATE FUNCTION "action_digest_changes_while_held"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'only a held action is edited' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "digest_changes" BEFORE UPDATE ON "action" FOR EACH ROW
  WHEN ((OLD."digest" IS DISTINCT FROM NEW."digest" OR OLD."edit_id" IS DISTINCT FROM NEW."edit_id") AND (OLD."status" <> 'held' OR NEW."status" <> 'held'))
  EXECUTE FUNCTION "action_digest_changes_while_held"();
ALTER TABLE "action" ENABLE ALWAYS TRIGGER "digest_changes";

DO $$
DECLARE
  -- the migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON "question" TO %I', app);
  EXECUTE format('GRANT UPDATE ("answer", "answered_at") ON "question" TO %I', app);
  EXECUTE format('GRANT UPDATE ("digest", "edit_id") ON "action" TO %I', app);
END $$;
