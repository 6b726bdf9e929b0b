-- Whether people read what they answer (C23). Three tables that only grow: when a request was first shown to somebody who may answer
-- it, how each question about an action ended, and how long each verdict took. The last two are written by triggers, so that no way to
-- answer leaves them out; they hold no word of an agent's, and no figure of theirs ever alters a decision.

-- The first moment a request was sent to the screen of somebody who may answer it. `needs_ms`: how long what was shown takes to read, at
-- least (lib/decisions/reading-time.ts).
CREATE TABLE "shown" (
    "approval_id" UUID NOT NULL REFERENCES "approval"("id"),
    "person_id" UUID NOT NULL REFERENCES "person"("id"),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "needs_ms" INTEGER NOT NULL,

    CONSTRAINT "shown_pkey" PRIMARY KEY ("approval_id", "person_id"),
    CONSTRAINT "shown_needs" CHECK ("needs_ms" > 0)
);
CREATE INDEX "shown_person" ON "shown" ("person_id", "at");

-- How a question about an action ended, the first time it did: a row of its own, since an approved one may still be superseded.
-- `gate` is a hash of what its kind is: agent, tool, class, reason and rule. Their words are those of the action and its entry.
CREATE TABLE "attention_asked" (
    "approval_id" UUID NOT NULL REFERENCES "approval"("id"),
    "gate" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "closed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attention_asked_pkey" PRIMARY KEY ("approval_id")
);
CREATE INDEX "attention_asked_closed" ON "attention_asked" ("closed_at") INCLUDE ("gate", "status");
CREATE INDEX "attention_asked_expired" ON "attention_asked" ("closed_at") INCLUDE ("approval_id") WHERE "status" = 'expired';
CREATE INDEX "attention_asked_gate" ON "attention_asked" ("gate", "closed_at");

-- How long a verdict on an action took: since it was first shown to whoever gave it (`was_shown`), else since it was asked. `needs_ms` is
-- null where it was never shown.
CREATE TABLE "attention_answered" (
    "verdict_id" UUID NOT NULL REFERENCES "verdict"("id"),
    "approval_id" UUID NOT NULL REFERENCES "approval"("id"),
    "gate" BIGINT NOT NULL,
    "person_id" UUID NOT NULL REFERENCES "person"("id"),
    "answer" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "took_ms" INTEGER NOT NULL,
    "was_shown" BOOLEAN NOT NULL,
    "needs_ms" INTEGER,

    CONSTRAINT "attention_answered_pkey" PRIMARY KEY ("verdict_id"),
    CONSTRAINT "attention_answered_shown" CHECK ("was_shown" = ("needs_ms" IS NOT NULL)),
    CONSTRAINT "attention_answered_took" CHECK ("took_ms" >= 0)
);
CREATE INDEX "attention_answered_at" ON "attention_answered" ("at") INCLUDE ("gate", "person_id", "answer", "took_ms", "needs_ms");

-- The kind of question an action is. The tool is the name the catalogue knew: any other is the agent's word, and stays where it dies
-- with the payload.
CREATE FUNCTION "gate_of_action"("p_action" uuid) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT hashtextextended(concat_ws(E'\x1f', a.agent_id, coalesce(e.said ->> 'tool', ''), coalesce(e.said ->> 'class', ''), a.reason_code, coalesce(a.rule, '')), 0)
    FROM action a, LATERAL (SELECT convert_from(l.envelope, 'UTF8')::jsonb AS said FROM ledger.entry l WHERE l.id = a.id OFFSET 0) e
   WHERE a.id = p_action
$$;

-- Both run as whoever owns the tables: the app may read what they write, and nothing else.
CREATE FUNCTION "asked_ended"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE v_gate bigint := gate_of_action(NEW.subject_id);
BEGIN
  IF v_gate IS NOT NULL THEN
    INSERT INTO attention_asked (approval_id, gate, status, closed_at) VALUES (NEW.id, v_gate, NEW.status, coalesce(NEW.closed_at, clock_timestamp()))
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "asked_ended" AFTER UPDATE OF "status" ON "approval"
  FOR EACH ROW WHEN (OLD."status" = 'pending' AND NEW."status" <> 'pending' AND NEW."kind" = 'action') EXECUTE FUNCTION "asked_ended"();

CREATE FUNCTION "verdict_measured"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO attention_answered (verdict_id, approval_id, gate, person_id, answer, at, took_ms, was_shown, needs_ms)
    SELECT NEW.id, p.id, k.gate, NEW.person_id, NEW.answer, NEW.at,
           least(greatest(extract(epoch FROM NEW.at - coalesce(s.at, p.opened_at)) * 1000, 0), 2147483647)::integer, s.at IS NOT NULL, s.needs_ms
      FROM approval p CROSS JOIN LATERAL (SELECT gate_of_action(p.subject_id) AS gate) k
      LEFT JOIN shown s ON s.approval_id = p.id AND s.person_id = NEW.person_id
     WHERE p.id = NEW.approval_id AND p.kind = 'action' AND k.gate IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER "measured" AFTER INSERT ON "verdict" FOR EACH ROW EXECUTE FUNCTION "verdict_measured"();

-- What was answered before anybody counted: from when it was asked, since nobody wrote down when it was shown.
INSERT INTO "attention_asked" (approval_id, gate, status, closed_at)
  SELECT p.id, k.gate, CASE WHEN EXISTS (SELECT FROM verdict v WHERE v.approval_id = p.id) AND p.status NOT IN ('approved', 'rejected') THEN 'approved' ELSE p.status END, p.closed_at
    FROM approval p CROSS JOIN LATERAL (SELECT gate_of_action(p.subject_id) AS gate) k
   WHERE p.kind = 'action' AND p.status <> 'pending' AND k.gate IS NOT NULL;
INSERT INTO "attention_answered" (verdict_id, approval_id, gate, person_id, answer, at, took_ms, was_shown)
  SELECT v.id, p.id, k.gate, v.person_id, v.answer, v.at, least(greatest(extract(epoch FROM v.at - p.opened_at) * 1000, 0), 2147483647)::integer, false
    FROM verdict v JOIN approval p ON p.id = v.approval_id AND p.kind = 'action' CROSS JOIN LATERAL (SELECT gate_of_action(p.subject_id) AS gate) k
   WHERE k.gate IS NOT NULL;

-- From when on figures mean something, as a ciso last said; none: the defaults of lib/decisions/attention.ts.
CREATE TABLE "attention_setting" (
    "id" UUID NOT NULL PRIMARY KEY,
    "set_by" UUID NOT NULL REFERENCES "person"("id"),
    "set_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    -- how far back the figures look, in days
    "days" INTEGER NOT NULL CHECK ("days" BETWEEN 7 AND 366),
    -- rubber stamping: at least so many verdicts of which how long they took is known, and more than so many of a hundred too fast
    "least_verdicts" INTEGER NOT NULL CHECK ("least_verdicts" BETWEEN 5 AND 10000),
    "most_fast" INTEGER NOT NULL CHECK ("most_fast" BETWEEN 1 AND 99),
    -- a gate is a candidate for widening when nobody refused it in so many days, of at least so many requests
    "widen_days" INTEGER NOT NULL CHECK ("widen_days" BETWEEN 30 AND 366),
    "widen_requests" INTEGER NOT NULL CHECK ("widen_requests" BETWEEN 20 AND 10000)
);

CREATE FUNCTION "attention_only_grows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is refused: % only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
DO $$
DECLARE
  -- the migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  grown text;
BEGIN
  FOREACH grown IN ARRAY ARRAY['shown', 'attention_asked', 'attention_answered', 'attention_setting'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION attention_only_grows()', grown);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER only_grows', grown);
  END LOOP;
  EXECUTE format('GRANT SELECT, INSERT ("approval_id", "person_id", "needs_ms") ON "shown" TO %I', app);
  EXECUTE format('GRANT SELECT ON "attention_asked", "attention_answered" TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT ON "attention_setting" TO %I', app);
  EXECUTE 'REVOKE ALL ON FUNCTION gate_of_action(uuid), asked_ended(), verdict_measured() FROM PUBLIC';
END $$;
