-- The gate changes what decides; nothing may begin there and pass it by. A boundary begins as a draft and an agent as registered,
-- whichever login inserts it: a row that were born signed, or active, would be in force without lock K, without an epoch and
-- without an entry. (Superusers may: they can take the trigger away, and tests begin in the middle of a story.)
CREATE FUNCTION "begins_before_the_gate"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF current_setting('is_superuser') <> 'on' THEN
    RAISE EXCEPTION 'a row of % begins before the gate, not behind it', TG_TABLE_NAME USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "begins_as_draft" BEFORE INSERT ON "boundary_version"
  FOR EACH ROW WHEN (NEW."status" <> 'draft') EXECUTE FUNCTION "begins_before_the_gate"();
CREATE TRIGGER "begins_registered" BEFORE INSERT ON "agent"
  FOR EACH ROW WHEN (NEW."state" <> 'registered') EXECUTE FUNCTION "begins_before_the_gate"();
ALTER TABLE "boundary_version" ENABLE ALWAYS TRIGGER "begins_as_draft";
ALTER TABLE "agent" ENABLE ALWAYS TRIGGER "begins_registered";
