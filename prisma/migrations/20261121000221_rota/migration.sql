-- The rota: who is on call by turns (C34, ADR 0032). It is written out as shifts some weeks ahead, so that whatever asks who is on call, the
-- gate too, reads one table.
CREATE TABLE "on_call_rota" (
  "id" integer PRIMARY KEY DEFAULT 1 CHECK ("id" = 1),
  "people" uuid[] NOT NULL CHECK (cardinality("people") BETWEEN 1 AND 20),
  "starts_on" date NOT NULL,
  "handover" text NOT NULL CHECK ("handover" ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  "length" text NOT NULL CHECK ("length" IN ('day', 'week')),
  "set_by" uuid NOT NULL REFERENCES "person" ("id"),
  "set_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

-- A day of one person that somebody else takes, from its handover to the next.
CREATE TABLE "on_call_override" (
  "day" date PRIMARY KEY,
  "person_id" uuid NOT NULL REFERENCES "person" ("id"),
  "set_by" uuid NOT NULL REFERENCES "person" ("id"),
  "set_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE "on_call_shift" ADD COLUMN "source" text NOT NULL DEFAULT 'person' CHECK ("source" IN ('person', 'rota', 'calendar'));

-- What the rota wrote ahead is written again when it changes; what has begun, and what a person assigned, stays.
CREATE FUNCTION "on_call_shift_goes_only_ahead"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.source = 'person' OR OLD.starts_at <= clock_timestamp()
  THEN RAISE EXCEPTION 'a shift that has begun, or that a person assigned, is not taken away' USING ERRCODE = '42501'; END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER "goes_only_ahead" BEFORE DELETE ON "on_call_shift" FOR EACH ROW EXECUTE FUNCTION "on_call_shift_goes_only_ahead"();
ALTER TABLE "on_call_shift" ENABLE ALWAYS TRIGGER "goes_only_ahead";

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON "on_call_rota", "on_call_override" TO %I', app);
  EXECUTE format('GRANT DELETE ON "on_call_override", "on_call_shift" TO %I', app);
END $$;
