-- Who looks at a request now, and who said "I take it". It decides nothing and is no record: it blocks nobody, is in no ledger, and
-- is gone after a crash of the database, which is why it is not logged (ADR 0034). A few rows a person, whatever they do.
CREATE UNLOGGED TABLE "looking" (
  "approval_id" UUID NOT NULL,
  "person_id" UUID NOT NULL REFERENCES "person"("id") ON DELETE CASCADE,
  "since" TIMESTAMPTZ(3) NOT NULL,
  -- the page renews it; after this moment nobody is looking any more
  "until" TIMESTAMPTZ(3) NOT NULL,
  -- whoever took it last has it, until this moment
  "taken_at" TIMESTAMPTZ(3),
  "taken_until" TIMESTAMPTZ(3),
  PRIMARY KEY ("approval_id", "person_id"),
  CHECK (("taken_at" IS NULL) = ("taken_until" IS NULL))
);

DO $$
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON "looking" TO %I', current_setting('countersign.role_app'));
END $$;
