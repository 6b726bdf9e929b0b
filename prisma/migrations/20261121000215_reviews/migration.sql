-- The review that an allowed change of code leaves owed (C24): who owes nothing else to it but to look. The tail of the ledger writes
-- what is owed; a person closes it, once, and what they said stays as it was.

-- How many days a review may wait before it is overdue. It alters no answer.
ALTER TABLE "organisation" ADD COLUMN "review_days" INTEGER NOT NULL DEFAULT 7 CHECK ("review_days" BETWEEN 1 AND 90);

CREATE TABLE "review" (
  -- the change, which has the id of its entry
  "action_id" UUID PRIMARY KEY REFERENCES "action"("id"),
  "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
  -- who answered for the agent when it changed the code; whoever does today is barred as well
  "owner_id" UUID NOT NULL REFERENCES "person"("id"),
  -- on whose request it was changed, where that is somebody who can sign in
  "requester_id" UUID REFERENCES "person"("id"),
  "index" BIGINT NOT NULL,
  "owed_at" TIMESTAMPTZ(3) NOT NULL,
  -- when people were told that it is overdue: once
  "missed_at" TIMESTAMPTZ(3),
  -- set by the closing alone
  "closed_at" TIMESTAMPTZ(3)
);
CREATE INDEX "review_open" ON "review" ("owed_at", "action_id") WHERE "closed_at" IS NULL;
CREATE INDEX "review_closed" ON "review" ("closed_at" DESC, "action_id") WHERE "closed_at" IS NOT NULL;
CREATE INDEX "review_agent" ON "review" ("agent_id") WHERE "closed_at" IS NULL;

CREATE TABLE "review_closing" (
  -- one a change: of two people who close it at once, one is refused
  "action_id" UUID PRIMARY KEY REFERENCES "review"("action_id"),
  "person_id" UUID NOT NULL REFERENCES "person"("id"),
  "finding" TEXT NOT NULL CHECK ("finding" IN ('fine', 'problem')),
  "note" TEXT NOT NULL DEFAULT '' CHECK (char_length("note") <= 2000),
  "closed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT "review_problem_says_what" CHECK ("finding" = 'fine' OR btrim("note", E' \t\r\n') <> '')
);

-- Held here, not only in the rule (ADR 0031): whoever closes it is active, is not whom the agent acted for, and does not pass their own agent's work.
CREATE FUNCTION review_closing_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_review review%ROWTYPE;
BEGIN
  SELECT * INTO v_review FROM review WHERE action_id = NEW.action_id;
  IF NOT EXISTS (SELECT 1 FROM person p WHERE p.id = NEW.person_id AND p.deactivated_at IS NULL
      AND NOT p.roles && ARRAY['administrator', 'auditor'])
    THEN RAISE EXCEPTION 'review: nobody who may close it' USING ERRCODE = '42501'; END IF;
  IF NEW.person_id = v_review.requester_id
    THEN RAISE EXCEPTION 'review: the change was made on their request' USING ERRCODE = '42501'; END IF;
  IF NEW.finding = 'fine' AND (NEW.person_id = v_review.owner_id
      OR EXISTS (SELECT 1 FROM agent a WHERE a.id = v_review.agent_id AND a.owner_id = NEW.person_id))
    THEN RAISE EXCEPTION 'review: an owner does not pass the work of their own agent' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER review_closing_check BEFORE INSERT ON "review_closing" FOR EACH ROW EXECUTE FUNCTION review_closing_check();

CREATE FUNCTION review_close() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE review SET closed_at = NEW.closed_at WHERE action_id = NEW.action_id;
  RETURN NULL;
END $$;
CREATE TRIGGER review_close AFTER INSERT ON "review_closing" FOR EACH ROW EXECUTE FUNCTION review_close();
REVOKE ALL ON FUNCTION review_closing_check(), review_close() FROM PUBLIC;

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "review", "review_closing" TO %I', app);
  EXECUTE format('GRANT INSERT ("action_id", "agent_id", "owner_id", "requester_id", "index", "owed_at") ON "review" TO %I', app);
  EXECUTE format('GRANT UPDATE ("missed_at") ON "review" TO %I', app);
  EXECUTE format('GRANT INSERT ("action_id", "person_id", "finding", "note") ON "review_closing" TO %I', app);
END $$;
