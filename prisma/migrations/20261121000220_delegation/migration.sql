-- Who stands in for somebody who is away (C22, ADR 0032): one delegate at a time, never oneself, and always with an end. It is ended
-- early, and never lengthened, moved or taken away.
CREATE TABLE "delegation" (
  "id" uuid PRIMARY KEY,
  "delegator_id" uuid NOT NULL REFERENCES "person" ("id"),
  "delegate_id" uuid NOT NULL REFERENCES "person" ("id"),
  "starts_at" timestamptz(3) NOT NULL,
  "ends_at" timestamptz(3) NOT NULL,
  "begun_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  "ended_at" timestamptz(3),
  "ended_by" uuid REFERENCES "person" ("id"),
  CONSTRAINT "delegation_to_somebody_else" CHECK ("delegate_id" <> "delegator_id"),
  CONSTRAINT "delegation_has_an_end" CHECK ("ends_at" > "starts_at" AND "ends_at" <= "starts_at" + interval '90 days'),
  CONSTRAINT "delegation_ended_by_somebody_has_ended" CHECK ("ended_by" IS NULL OR "ended_at" IS NOT NULL)
);
CREATE INDEX "delegation_delegator_id_idx" ON "delegation" ("delegator_id", "starts_at");
CREATE INDEX "delegation_open" ON "delegation" ("delegate_id") WHERE "ended_at" IS NULL;
CREATE INDEX "delegation_ends" ON "delegation" ("ends_at") WHERE "ended_at" IS NULL;

CREATE FUNCTION "delegation_is_one_at_a_time"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- two that are made at the same moment are put one after the other
  PERFORM pg_advisory_xact_lock(hashtextextended('delegation ' || NEW.delegator_id::text, 0));
  IF EXISTS (SELECT FROM delegation d WHERE d.delegator_id = NEW.delegator_id AND d.starts_at < NEW.ends_at
      AND coalesce(d.ended_at, d.ends_at) > greatest(d.starts_at, NEW.starts_at))
  THEN RAISE EXCEPTION 'another delegate stands in then' USING ERRCODE = '23P01', CONSTRAINT = 'delegation_one_at_a_time', TABLE = 'delegation'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "one_at_a_time" BEFORE INSERT ON "delegation" FOR EACH ROW EXECUTE FUNCTION "delegation_is_one_at_a_time"();
ALTER TABLE "delegation" ENABLE ALWAYS TRIGGER "one_at_a_time";

CREATE FUNCTION "delegation_only_ends"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
    OR (NEW.id, NEW.delegator_id, NEW.delegate_id, NEW.starts_at, NEW.ends_at, NEW.begun_at)
      IS DISTINCT FROM (OLD.id, OLD.delegator_id, OLD.delegate_id, OLD.starts_at, OLD.ends_at, OLD.begun_at)
  THEN RAISE EXCEPTION 'a delegation is only ended, and once' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "only_ends" BEFORE UPDATE ON "delegation" FOR EACH ROW EXECUTE FUNCTION "delegation_only_ends"();
ALTER TABLE "delegation" ENABLE ALWAYS TRIGGER "only_ends";

-- For whom a verdict was given, where somebody stood in. Both have answered then: neither answers again, here too, and whatever two
-- connections do at once. A delegation that has ended, of the requester or of the only owner, lends nothing; nor does one for anything but
-- a held action.
ALTER TABLE "verdict" ADD COLUMN "for_id" uuid REFERENCES "person" ("id");
CREATE UNIQUE INDEX "verdict_one_for_a_person" ON "verdict" ("approval_id", "for_id") WHERE "for_id" IS NOT NULL;

CREATE FUNCTION "verdict_for_somebody_absent"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_asked approval;
BEGIN
  SELECT * INTO v_asked FROM approval WHERE id = NEW.approval_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM verdict x WHERE x.approval_id = NEW.approval_id AND (x.for_id = NEW.person_id OR x.person_id = NEW.for_id))
  THEN RAISE EXCEPTION 'one of these two has answered' USING ERRCODE = '23505', CONSTRAINT = 'verdict_one_for_a_person', TABLE = 'verdict'; END IF;
  IF NEW.for_id IS NULL THEN RETURN NEW; END IF;
  IF v_asked.kind <> 'action' OR NEW.for_id IS NOT DISTINCT FROM v_asked.requester_id
    OR (v_asked.seats = 1 AND EXISTS (SELECT FROM agent g WHERE g.id = v_asked.agent_id AND g.owner_id = NEW.for_id))
    OR NOT EXISTS (SELECT FROM delegation d JOIN person p ON p.id = d.delegator_id
      WHERE d.delegator_id = NEW.for_id AND d.delegate_id = NEW.person_id AND d.ended_at IS NULL
        AND d.starts_at <= clock_timestamp() AND d.ends_at > clock_timestamp()
        AND p.deactivated_at IS NULL AND NOT p.roles && ARRAY['administrator', 'auditor'])
  THEN RAISE EXCEPTION 'nobody stands in for this person here and now' USING ERRCODE = 'CSDG1'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "for_somebody_absent" BEFORE INSERT ON "verdict" FOR EACH ROW EXECUTE FUNCTION "verdict_for_somebody_absent"();
ALTER TABLE "verdict" ENABLE ALWAYS TRIGGER "for_somebody_absent";

-- Which steps of an approval were told. Who may answer rests on the rule and the clock alone, and on none of these rows.
CREATE TABLE "approval_escalation" (
  "approval_id" uuid NOT NULL REFERENCES "approval" ("id"),
  "step" smallint NOT NULL CHECK ("step" BETWEEN 0 AND 99),
  "at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY ("approval_id", "step")
);

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "delegation", "approval_escalation" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "delegator_id", "delegate_id", "starts_at", "ends_at", "begun_at") ON "delegation" TO %I', app);
  EXECUTE format('GRANT UPDATE ("ended_at", "ended_by") ON "delegation" TO %I', app);
  EXECUTE format('GRANT INSERT ("approval_id", "step", "at") ON "approval_escalation" TO %I', app);
END $$;
