-- What to look for in what agents do (C24): data the organisation edits. It alters no answer; every change of it is in the ledger.
CREATE TABLE "scrutiny_check" (
  "id" UUID PRIMARY KEY,
  "kind" TEXT NOT NULL CONSTRAINT "scrutiny_kind_known" CHECK ("kind" IN ('code', 'configuration', 'detection', 'infrastructure', 'data', 'message',
    'payment', 'command', 'access', 'any')),
  "title" TEXT NOT NULL CHECK (btrim("title") <> '' AND char_length("title") <= 120),
  "look_for" TEXT NOT NULL CHECK (btrim("look_for") <> '' AND char_length("look_for") <= 600),
  -- its place among those of its kind, the smallest first
  "position" INTEGER NOT NULL DEFAULT 100 CHECK ("position" BETWEEN 0 AND 9999),
  -- what is no longer looked for stays: verdicts name it
  "active" BOOLEAN NOT NULL DEFAULT true,
  -- null: it came with the product
  "changed_by" UUID REFERENCES "person"("id"),
  "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "scrutiny_check_kind" ON "scrutiny_check" ("kind", "position") WHERE "active";

INSERT INTO "scrutiny_check" ("id", "kind", "title", "look_for", "position") VALUES
  ('019a9b00-0000-7000-8000-000000000001', 'code', 'A condition that is gone or turned round', 'Read every if, guard and comparison that changed, and say aloud what now gets through that did not before. A check that moved is often a check that no longer runs.', 10),
  ('019a9b00-0000-7000-8000-000000000002', 'code', 'More changed than was asked', 'Compare what was asked for with every file and line it touches. What nobody asked for needs its own reason, however tidy it looks.', 20),
  ('019a9b00-0000-7000-8000-000000000003', 'code', 'Errors that nobody hears of any more', 'Look for an empty catch, a default returned on failure, a log line in place of a refusal. Ask who would notice the next time it fails.', 30),
  ('019a9b00-0000-7000-8000-000000000004', 'code', 'Tests removed, skipped or bent to fit', 'A test that changed in the same step as the code it tests proves nothing. Read what it asserted before, and whether that still has to hold.', 40),
  ('019a9b00-0000-7000-8000-000000000005', 'code', 'A call that looks right and does not exist, or means something else', 'Check names, argument order, units and time zones against the library itself. Confident code that is wrong compiles as well as code that is right.', 50),
  ('019a9b00-0000-7000-8000-000000000006', 'code', 'Secrets, keys and addresses in the text', 'Look for credentials, tokens, internal hosts and customer data, in fixtures and comments too.', 60),
  ('019a9b00-0000-7000-8000-000000000007', 'code', 'A dependency nobody chose', 'For every new or moved dependency: is the name the one that is meant, who keeps it, and why is it needed?', 70),
  ('019a9b00-0000-7000-8000-000000000008', 'configuration', 'A control that is switched off', 'Look for enabled, enforce, verify, audit and mode. Off for a test has a way of staying off.', 10),
  ('019a9b00-0000-7000-8000-000000000009', 'configuration', 'A default that is looser than before', 'What happens where the new value is absent, empty or not understood? It has to fail closed.', 20),
  ('019a9b00-0000-7000-8000-000000000010', 'configuration', 'Where it holds', 'Which environments, tenants and hosts read this file? A change for one that reaches all of them is another change.', 30),
  ('019a9b00-0000-7000-8000-000000000011', 'detection', 'A rule that disables itself', 'Read whether it can still fire at all: a condition that is never true, a window too short, a severity nobody is called for, a status that is off.', 10),
  ('019a9b00-0000-7000-8000-000000000012', 'detection', 'A filter that was widened', 'A star, an “or”, an excluded account, host or folder: name an attacker’s action that would have raised this rule yesterday and does not today.', 20),
  ('019a9b00-0000-7000-8000-000000000013', 'detection', 'A threshold that moved', 'Compare the new number with what really happened in the last weeks, not with what sounds reasonable.', 30),
  ('019a9b00-0000-7000-8000-000000000014', 'detection', 'What it was tested against', 'Ask for the data it was run on, and whether what it must catch was in there. No hit in a test without the thing to be hit says nothing.', 40),
  ('019a9b00-0000-7000-8000-000000000015', 'infrastructure', 'What is destroyed and made anew', 'Read the plan, not the description: replaced means deleted first. Is there state, a volume or an address that goes with it?', 10),
  ('019a9b00-0000-7000-8000-000000000016', 'infrastructure', 'Who can reach it now', 'New ports, networks, public addresses and buckets: from where can each be reached after this?', 20),
  ('019a9b00-0000-7000-8000-000000000017', 'infrastructure', 'The way back', 'If it goes wrong at night, which single step undoes it, and has somebody ever tried that step?', 30),
  ('019a9b00-0000-7000-8000-000000000018', 'data', 'A schema change without a way back', 'A dropped or retyped column, a rewritten table: where is the copy, and how long would bringing it back take?', 10),
  ('019a9b00-0000-7000-8000-000000000019', 'data', 'Every row, or those that are meant', 'Read the condition that picks the rows, and the number it is expected to touch. No condition means all of them.', 20),
  ('019a9b00-0000-7000-8000-000000000020', 'data', 'Whose data, and where it goes', 'Personal data, an export, a copy to a place with other readers: is that place allowed to hold it?', 30),
  ('019a9b00-0000-7000-8000-000000000021', 'message', 'An address that is new', 'Is the recipient outside the organisation, never written to before, or one letter away from somebody known? Look at every address, also in copy.', 10),
  ('019a9b00-0000-7000-8000-000000000022', 'message', 'What it gives away', 'Read it as the recipient would: names, prices, incidents, credentials, promises. Is there an attachment or a link, and to where?', 20),
  ('019a9b00-0000-7000-8000-000000000023', 'message', 'Whose words these are', 'Text that an agent read somewhere may have told it to write this. Compare with what it was asked to do.', 30),
  ('019a9b00-0000-7000-8000-000000000024', 'payment', 'An account that changed', 'Compare the account with the one paid before and with the contract. A change that came by mail is confirmed by calling a number known from elsewhere.', 10),
  ('019a9b00-0000-7000-8000-000000000025', 'payment', 'Amount, currency, and once', 'Is the sum the one on the invoice, in its currency, and was it paid already? Look for the same reference in the last weeks.', 20),
  ('019a9b00-0000-7000-8000-000000000026', 'payment', 'Split to stay under a limit', 'Several payments just below the sum that would need somebody else are one payment.', 30),
  ('019a9b00-0000-7000-8000-000000000027', 'command', 'What really runs', 'Read each part: after pipes, semicolons and substitutions, and in what is fetched and then run. The first word is seldom the one that matters.', 10),
  ('019a9b00-0000-7000-8000-000000000028', 'command', 'Where, and as whom', 'Which host, folder and account? A wildcard or an empty variable in a path that is deleted reaches further than it looks.', 20),
  ('019a9b00-0000-7000-8000-000000000029', 'command', 'What it leaves behind', 'A process, a scheduled job, a changed permission, a file in a place that is shared.', 30),
  ('019a9b00-0000-7000-8000-000000000030', 'access', 'More than is needed, for longer than is needed', 'Compare the right with the task. Is there a narrower role, and does this one end by itself?', 10),
  ('019a9b00-0000-7000-8000-000000000031', 'access', 'Who gains by it', 'The agent itself, its service account, its owner: nobody widens their own reach.', 20),
  ('019a9b00-0000-7000-8000-000000000032', 'access', 'A control that is taken off on the way', 'A reset second factor, an unlocked account, a key without an end: who asked for it, and was that person seen?', 30),
  ('019a9b00-0000-7000-8000-000000000033', 'any', 'Surer than its evidence', 'Hold what it claims against what it really read. Which of its reasons would still stand if the untrusted part were left out?', 10),
  ('019a9b00-0000-7000-8000-000000000034', 'any', 'What is not there', 'What would you expect to see that is missing: a step, a check, a person who should have been asked?', 20);

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "scrutiny_check" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "kind", "title", "look_for", "position", "active", "changed_by") ON "scrutiny_check" TO %I', app);
  EXECUTE format('GRANT UPDATE ("kind", "title", "look_for", "position", "active", "changed_by", "changed_at") ON "scrutiny_check" TO %I', app);
END $$;
