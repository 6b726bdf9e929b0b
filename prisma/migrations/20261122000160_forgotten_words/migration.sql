-- What people and agents said about a held action stands in the log, sealed, and beside it in plain columns that its page reads: a question, its
-- answer, the reason of a verdict. Where the log forgets (a key destroyed, a payload deleted, ADR 0015), these forget in the same statement. There
-- is no function for it that anybody could call, and no grant: only the triggers below write so, and only when the log has let go.

ALTER TABLE "question" ADD COLUMN "erased_at" timestamptz(3);
ALTER TABLE "question" DROP CONSTRAINT "question_said";
ALTER TABLE "question" ADD CONSTRAINT "question_said" CHECK (
  CASE WHEN "erased_at" IS NULL THEN btrim("text") <> '' AND length("text") <= 2000
       ELSE "text" = '' AND coalesce("answer", '') = '' END);

ALTER TABLE "verdict" ADD COLUMN "erased_at" timestamptz(3);
ALTER TABLE "verdict" DROP CONSTRAINT "verdict_reject_says_why";
ALTER TABLE "verdict" ADD CONSTRAINT "verdict_reject_says_why" CHECK (
  CASE WHEN "erased_at" IS NULL THEN "answer" <> 'reject' OR btrim("reason") <> '' ELSE "reason" = '' END);
CREATE FUNCTION "nothing_begins_erased"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'what is written is not erased' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "begins" BEFORE INSERT ON "question" FOR EACH ROW WHEN (NEW."erased_at" IS NOT NULL) EXECUTE FUNCTION "nothing_begins_erased"();
CREATE TRIGGER "begins" BEFORE INSERT ON "verdict" FOR EACH ROW WHEN (NEW."erased_at" IS NOT NULL) EXECUTE FUNCTION "nothing_begins_erased"();
ALTER TABLE "question" ENABLE ALWAYS TRIGGER "begins";
ALTER TABLE "verdict" ENABLE ALWAYS TRIGGER "begins";

-- Final but for this: inside of a trigger, nothing but the words go, and they go whole. A statement of anybody's is never so deep.
CREATE OR REPLACE FUNCTION "question_is_final"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 AND NEW.erased_at IS NOT NULL
     AND to_jsonb(NEW) - '{text,answer,erased_at}'::text[] = to_jsonb(OLD) - '{text,answer,erased_at}'::text[] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an answered question never changes' USING ERRCODE = '42501';
END $$;
-- nor do the words of one that is not answered yet
CREATE TRIGGER "question_words" BEFORE UPDATE ON "question" FOR EACH ROW
  WHEN (OLD."text" IS DISTINCT FROM NEW."text" OR OLD."erased_at" IS DISTINCT FROM NEW."erased_at") EXECUTE FUNCTION "question_is_final"();
ALTER TABLE "question" ENABLE ALWAYS TRIGGER "question_words";

CREATE OR REPLACE FUNCTION "verdict_is_final"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 AND NEW.erased_at IS NOT NULL
     AND to_jsonb(NEW) - '{reason,erased_at}'::text[] = to_jsonb(OLD) - '{reason,erased_at}'::text[] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a verdict never changes' USING ERRCODE = '42501';
END $$;

-- A destroyed key: everything that was said about the actions sealed under it.
CREATE FUNCTION ledger.forget_words_under() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.question q SET text = '', answer = left(q.answer, 0), erased_at = clock_timestamp()
    FROM ledger.payload p JOIN public.approval a ON a.subject_id = p.entry_id AND a.kind IN ('action', 'test')
   WHERE p.subject_key_id = NEW.id AND q.approval_id = a.id AND q.erased_at IS NULL;
  UPDATE public.verdict v SET reason = '', erased_at = clock_timestamp()
    FROM ledger.payload p JOIN public.approval a ON a.subject_id = p.entry_id AND a.kind IN ('action', 'test')
   WHERE p.subject_key_id = NEW.id AND v.approval_id = a.id AND v.reason <> '';
  RETURN NULL;
END $$;
CREATE TRIGGER forget_words AFTER UPDATE ON ledger.subject_key FOR EACH ROW
  WHEN (NEW.destroyed_at IS NOT NULL AND OLD.destroyed_at IS NULL) EXECUTE FUNCTION ledger.forget_words_under();
ALTER TABLE ledger.subject_key ENABLE ALWAYS TRIGGER forget_words;

-- A deleted payload: that of an action takes all that was said about it, that of what one person or the agent said takes that.
CREATE FUNCTION ledger.forget_words_of() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gone ledger.entry%ROWTYPE;
  about uuid;
BEGIN
  SELECT * INTO gone FROM ledger.entry e WHERE e.id = OLD.entry_id;
  IF gone.kind NOT IN ('action.decided', 'test_request.planted', 'approval.asked', 'approval.answered', 'approval.voted', 'approval.approved', 'approval.rejected') THEN
    RETURN NULL;
  END IF;
  FOR about IN SELECT a.id FROM public.approval a WHERE a.kind IN ('action', 'test') AND a.subject_id = coalesce(gone.action_id, gone.id) LOOP
    IF gone.kind IN ('action.decided', 'test_request.planted', 'approval.asked', 'approval.answered') THEN
      UPDATE public.question q SET text = '', answer = left(q.answer, 0), erased_at = clock_timestamp()
       WHERE q.approval_id = about AND q.erased_at IS NULL AND (gone.kind <> 'approval.asked' OR q.asked_by = gone.person_id);
    END IF;
    IF gone.kind NOT IN ('approval.asked', 'approval.answered') THEN
      UPDATE public.verdict v SET reason = '', erased_at = clock_timestamp()
       WHERE v.approval_id = about AND v.reason <> '' AND (gone.kind IN ('action.decided', 'test_request.planted') OR v.person_id = gone.person_id);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_words AFTER DELETE ON ledger.payload FOR EACH ROW EXECUTE FUNCTION ledger.forget_words_of();
ALTER TABLE ledger.payload ENABLE ALWAYS TRIGGER forget_words;
REVOKE ALL ON FUNCTION ledger.forget_words_under(), ledger.forget_words_of() FROM PUBLIC;

-- What was erased before this was written.
ALTER TABLE "question" DISABLE TRIGGER "question_final", DISABLE TRIGGER "question_words";
ALTER TABLE "verdict" DISABLE TRIGGER "final";
CREATE TEMPORARY TABLE "erased_before" ON COMMIT DROP AS
  SELECT a.id FROM "approval" a
   WHERE a.kind IN ('action', 'test') AND EXISTS (SELECT FROM ledger.entry e WHERE e.id = a.subject_id) AND NOT EXISTS (
     SELECT FROM ledger.payload p JOIN ledger.subject_key k ON k.id = p.subject_key_id
      WHERE p.entry_id = a.subject_id AND k.destroyed_at IS NULL);
UPDATE "question" SET text = '', answer = left(answer, 0), erased_at = now() WHERE approval_id IN (SELECT id FROM "erased_before");
UPDATE "verdict" SET reason = '', erased_at = now() WHERE reason <> '' AND approval_id IN (SELECT id FROM "erased_before");
ALTER TABLE "question" ENABLE ALWAYS TRIGGER "question_final", ENABLE ALWAYS TRIGGER "question_words";
ALTER TABLE "verdict" ENABLE ALWAYS TRIGGER "final";
