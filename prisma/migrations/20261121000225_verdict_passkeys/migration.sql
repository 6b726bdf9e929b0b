-- Verdicts by passkey (C15, C22; ADR 0033). From which stakes an approval takes a passkey, and a reason: both are written into the rule of
-- each approval when it is opened, so they lie with the gate. There is no doing without either: `critical` is the least. Until a ciso has
-- chosen, a passkey is asked for only as soon as signatures need one, as they do.
ALTER TABLE "gate" ADD COLUMN "passkey_from" TEXT NOT NULL DEFAULT 'critical' CHECK ("passkey_from" IN ('low', 'medium', 'high', 'critical'));
ALTER TABLE "gate" ADD COLUMN "reason_from" TEXT NOT NULL DEFAULT 'high' CHECK ("reason_from" IN ('low', 'medium', 'high', 'critical'));
ALTER TABLE "gate" ADD COLUMN "verdicts_chosen" BOOLEAN NOT NULL DEFAULT false;

CREATE FUNCTION gate_verdicts_govern(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_by uuid := (p ->> 'by')::uuid;
BEGIN
  -- a ciso as of now, not as of when the page was opened (C15)
  IF NOT EXISTS (SELECT 1 FROM person s WHERE s.id = v_by AND s.deactivated_at IS NULL AND 'ciso' = ANY (s.roles))
    THEN RETURN jsonb_build_object('refused', 'not_permitted'); END IF;
  -- as a signature: from the first passkey of a ciso on, only with one
  IF signatures_need_passkey() AND NOT EXISTS (
    SELECT 1 FROM passkey_challenge c JOIN passkey k ON k.id = c.passkey_id
      WHERE c.person_id = v_by AND c.what = 'verdicts.govern' AND k.person_id = v_by AND k.removed_at IS NULL
        AND c.statement ->> 'passkey_from' = p ->> 'passkey_from' AND c.statement ->> 'reason_from' = p ->> 'reason_from'
        AND c.used_at > clock_timestamp() - interval '1 minute')
    THEN RETURN jsonb_build_object('refused', 'passkey_required'); END IF;
  UPDATE gate SET passkey_from = p ->> 'passkey_from', reason_from = p ->> 'reason_from', verdicts_chosen = true WHERE id = 1;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_verdicts_govern(jsonb, bigint) FROM PUBLIC;

-- The passkey a verdict was given with: written here, whatever the statement says.
ALTER TABLE "verdict" ADD COLUMN "signed_with" UUID;
ALTER TABLE "verdict" ADD CONSTRAINT "verdict_signed_with_fkey" FOREIGN KEY ("signed_with") REFERENCES "passkey"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Held here, under whoever records verdicts: where the rule asks for a passkey, one of this person answered just now for this approval, this
-- digest, this answer and this reason. A word of the rule that nobody knows asks for the most.
CREATE FUNCTION "verdict_signed_with"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_asks jsonb;
BEGIN
  NEW.signed_with := NULL;
  SELECT k.id INTO NEW.signed_with FROM passkey_challenge c JOIN passkey k ON k.id = c.passkey_id
    WHERE c.subject_id = NEW.approval_id AND c.person_id = NEW.person_id AND c.digest = NEW.digest AND c.what = 'approval.answer'
      AND c.statement ->> 'answer' = NEW.answer
      AND c.statement ->> 'reason' = 'sha256:' || encode(sha256(convert_to(NEW.reason, 'UTF8')), 'hex')
      AND k.person_id = NEW.person_id AND k.removed_at IS NULL AND c.used_at > clock_timestamp() - interval '1 minute'
    ORDER BY c.used_at DESC LIMIT 1;
  SELECT a.rule INTO v_asks FROM approval a WHERE a.id = NEW.approval_id;
  IF NEW.signed_with IS NULL AND v_asks ? 'passkey' AND (CASE v_asks ->> 'passkey'
      WHEN 'registered' THEN NEW.answer = 'approve' AND signatures_need_passkey()
      WHEN 'approve' THEN NEW.answer = 'approve'
      ELSE true END) THEN
    RAISE EXCEPTION 'this verdict needs a passkey' USING ERRCODE = 'CSPK2';
  END IF;
  IF v_asks ? 'reason' AND btrim(NEW.reason) = '' THEN
    RAISE EXCEPTION 'this verdict says why' USING ERRCODE = 'CSPK3';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "signed_with_passkey" BEFORE INSERT ON "verdict" FOR EACH ROW EXECUTE FUNCTION "verdict_signed_with"();
ALTER TABLE "verdict" ENABLE ALWAYS TRIGGER "signed_with_passkey";

-- What an approval was opened with is asked of it until its end, whoever changes its rule otherwise.
CREATE FUNCTION "approval_asks_no_less"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (OLD."rule" ? 'passkey' AND NEW."rule" -> 'passkey' IS DISTINCT FROM OLD."rule" -> 'passkey')
    OR (OLD."rule" ? 'reason' AND NOT NEW."rule" ? 'reason')
  THEN RAISE EXCEPTION 'an approval asks for a passkey and a reason until its end' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "asks_no_less" BEFORE UPDATE OF "rule" ON "approval" FOR EACH ROW EXECUTE FUNCTION "approval_asks_no_less"();
ALTER TABLE "approval" ENABLE ALWAYS TRIGGER "asks_no_less";
