-- Drills of the kill switch (C33, ADR 0038). Every table but the last only grows: what was asked, whom it was for, who answered and what it came
-- to are facts, and two replicas that note one at once note it once.

-- One drill. A rehearsal halts nothing. A live drill engages the halt `halt_id`, which is known before it exists, so that two people can agree
-- beforehand that it is lifted when it has been measured.
CREATE TABLE "drill" (
    "id" UUID NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL CHECK ("kind" IN ('rehearsal', 'live')),
    "scope" TEXT NOT NULL CHECK ("scope" IN ('organisation', 'environment', 'team', 'agent')),
    "target" TEXT NOT NULL DEFAULT '',
    "note" TEXT NOT NULL DEFAULT '',
    "target_ms" INTEGER NOT NULL CHECK ("target_ms" BETWEEN 100 AND 900000),
    "window_ms" INTEGER NOT NULL CHECK ("window_ms" BETWEEN 1000 AND 900000),
    -- null: the schedule did
    "asked_by" UUID REFERENCES "person"("id"),
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "halt_id" UUID UNIQUE,
    "approval_id" UUID REFERENCES "approval"("id"),
    CONSTRAINT "drill_live_halts" CHECK (("kind" = 'live') = ("halt_id" IS NOT NULL) AND ("kind" = 'live') = ("approval_id" IS NOT NULL)),
    CONSTRAINT "drill_live_asked" CHECK ("kind" = 'rehearsal' OR "asked_by" IS NOT NULL),
    CONSTRAINT "drill_target_named" CHECK (("scope" = 'organisation') = ("target" = ''))
);
CREATE INDEX "drill_asked_at" ON "drill" ("asked_at" DESC);

CREATE TABLE "drill_begun" (
    "drill_id" UUID NOT NULL PRIMARY KEY REFERENCES "drill"("id"),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    -- the moment of the schedule it was begun for: one each
    "due_at" TIMESTAMPTZ(3) UNIQUE
);

-- Whom it was for: the agents that could act when it began.
CREATE TABLE "drill_agent" (
    "drill_id" UUID NOT NULL REFERENCES "drill"("id"),
    "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
    PRIMARY KEY ("drill_id", "agent_id")
);

-- An agent's own word under a rehearsal. Under a live drill it is that of the halt (`halt_acknowledgement`).
CREATE TABLE "drill_confirmation" (
    "drill_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "runs" JSONB NOT NULL DEFAULT '[]',
    PRIMARY KEY ("drill_id", "agent_id"),
    FOREIGN KEY ("drill_id", "agent_id") REFERENCES "drill_agent"("drill_id", "agent_id")
);

-- An agent that confirmed a drill which was not its own, once each.
CREATE TABLE "drill_foreign" (
    "drill_id" UUID NOT NULL REFERENCES "drill"("id"),
    "agent_id" UUID NOT NULL REFERENCES "agent"("id"),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY ("drill_id", "agent_id")
);

-- How it ended. `measured`: reported, and a live one lifted. `kept`: reported, and its halt stays, because somebody said that it is real.
-- `refused`, `lapsed`: the second person did not agree, or not in time. `prevented`: its halt could not be engaged.
CREATE TABLE "drill_ended" (
    "drill_id" UUID NOT NULL PRIMARY KEY REFERENCES "drill"("id"),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "outcome" TEXT NOT NULL CHECK ("outcome" IN ('measured', 'kept', 'refused', 'lapsed', 'prevented')),
    -- the entry that holds it
    "entry_id" UUID NOT NULL,
    -- what was measured, as the entry's payload has it; null where nothing was
    "report" JSONB,
    CONSTRAINT "drill_ended_reported" CHECK (("outcome" IN ('measured', 'kept')) = ("report" IS NOT NULL))
);

-- When drills are due, and how fast they should be, as somebody last said; none: the defaults of lib/halt/drill-schedule.ts.
CREATE TABLE "drill_schedule" (
    "id" UUID NOT NULL PRIMARY KEY,
    "every_months" INTEGER NOT NULL CHECK ("every_months" IN (1, 2, 3, 6, 12)),
    "day" INTEGER NOT NULL CHECK ("day" BETWEEN 1 AND 28),
    "hour" INTEGER NOT NULL CHECK ("hour" BETWEEN 0 AND 23),
    "scope" TEXT NOT NULL CHECK ("scope" IN ('organisation', 'environment', 'team')),
    "target" TEXT NOT NULL DEFAULT '',
    -- what happens when one is due: people are reminded, or a rehearsal begins by itself
    "when_due" TEXT NOT NULL CHECK ("when_due" IN ('remind', 'rehearse')),
    "target_ms" INTEGER NOT NULL CHECK ("target_ms" BETWEEN 100 AND 900000),
    "set_by" UUID NOT NULL REFERENCES "person"("id"),
    "set_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "drill_schedule_target_named" CHECK (("scope" = 'organisation') = ("target" = ''))
);

-- The moment from which the next drill is due, and the one from which it is overdue: worked out by the rule and kept for whoever shows them. Null:
-- nobody to drill.
CREATE TABLE "drill_due" (
    "id" INTEGER NOT NULL PRIMARY KEY CHECK ("id" = 1),
    "at" TIMESTAMPTZ(3),
    "overdue_at" TIMESTAMPTZ(3),
    CONSTRAINT "drill_due_both" CHECK (("at" IS NULL) = ("overdue_at" IS NULL))
);

-- A live drill has become an emergency: somebody engaged a halt of the same scope while it stood. What two people agreed to beforehand, its lift,
-- is void from here on; under lock K, so that either the lift came first and they engage anew, or it never comes.
CREATE FUNCTION gate_drill_keep(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE approval a SET status = 'superseded' FROM drill d JOIN halt h ON h.id = d.halt_id
    WHERE d.halt_id = (p ->> 'id')::uuid AND a.id = d.approval_id AND a.status = 'approved' AND h.lifted_at IS NULL;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_drill_keep(jsonb, bigint) FROM PUBLIC;

-- The same where its entry cannot be written: it only makes things stricter.
CREATE FUNCTION drill_keep_unrecorded(p_halt uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN gate_drill_keep(jsonb_build_object('id', p_halt), gate_advance()) IS NULL;
END $$;
REVOKE ALL ON FUNCTION drill_keep_unrecorded(uuid) FROM PUBLIC;

-- Breaking the glass during a live drill of everything makes it real, too: `halt_everything()` inserts and finds that one stands. A trigger
-- before an insert is called all the same.
CREATE FUNCTION "halt_makes_drill_real"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE approval a SET status = 'superseded' FROM drill d JOIN halt h ON h.id = d.halt_id
    WHERE a.id = d.approval_id AND a.status = 'approved' AND h.lifted_at IS NULL AND h.scope = NEW.scope AND h.target = NEW.target AND h.id <> NEW.id;
  RETURN NEW;
END $$;
CREATE TRIGGER "makes_drill_real" BEFORE INSERT ON "halt" FOR EACH ROW EXECUTE FUNCTION "halt_makes_drill_real"();
ALTER TABLE "halt" ENABLE ALWAYS TRIGGER "makes_drill_real";

CREATE FUNCTION "drill_only_grows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is refused: % only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
DO $$
DECLARE
  -- the migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  grown text;
BEGIN
  FOREACH grown IN ARRAY ARRAY['drill', 'drill_begun', 'drill_agent', 'drill_confirmation', 'drill_foreign', 'drill_ended', 'drill_schedule'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION drill_only_grows()', grown);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER only_grows', grown);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', grown, app);
  END LOOP;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON "drill_due" TO %I', app);
  EXECUTE format('GRANT EXECUTE ON FUNCTION drill_keep_unrecorded(uuid) TO %I', app);
END $$;
