-- Whom a stage of a lift let go and who is halted again has to stop again, and to say so again (ADR 0042): what it said of the first stop says
-- nothing of the second. `stop` counts the stops of one agent under one halt: 0 as it was engaged, then one more each time it is halted again.
CREATE TABLE "halt_again" (
    "halt_id" UUID NOT NULL REFERENCES "halt" ("id"),
    "agent_id" UUID NOT NULL REFERENCES "agent" ("id"),
    "stop" INTEGER NOT NULL CHECK ("stop" > 0),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    -- of the gate, when it happened: streams tell of everything after the one a client saw last
    "epoch" BIGINT NOT NULL,

    CONSTRAINT "halt_again_pkey" PRIMARY KEY ("halt_id", "agent_id", "stop")
);
CREATE INDEX "halt_again_since" ON "halt_again" ("epoch");

-- Which stop of an agent under a halt is the one it has to confirm.
CREATE FUNCTION halt_stop_of(p_halt uuid, p_agent uuid) RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT coalesce((SELECT max(g.stop) FROM halt_again g WHERE g.halt_id = p_halt AND g.agent_id = p_agent), 0)
$$;

-- Whoever takes an agent back, in whichever way, is under lock K: so is this.
CREATE FUNCTION halt_takes_back() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO halt_again (halt_id, agent_id, stop, epoch)
    SELECT NEW.id, one, halt_stop_of(NEW.id, one) + 1, (SELECT epoch FROM gate)
      FROM (SELECT unnest(OLD.released) EXCEPT SELECT unnest(NEW.released)) AS back (one);
  RETURN NULL;
END $$;
CREATE TRIGGER "takes_back" AFTER UPDATE OF "released" ON "halt" FOR EACH ROW WHEN (NEW.lifted_at IS NULL AND NOT (OLD.released <@ NEW.released))
  EXECUTE FUNCTION halt_takes_back();

-- A word is of one stop. One that was under way when its agent was halted again is of the one before.
ALTER TABLE "halt_acknowledgement" ADD COLUMN "stop" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "halt_acknowledgement" DROP CONSTRAINT "halt_acknowledgement_pkey", ADD CONSTRAINT "halt_acknowledgement_pkey" PRIMARY KEY ("halt_id", "agent_id", "stop");
ALTER TABLE "halt_run_stopped" ADD COLUMN "stop" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "halt_run_stopped" DROP CONSTRAINT "halt_run_stopped_pkey", ADD CONSTRAINT "halt_run_stopped_pkey" PRIMARY KEY ("halt_id", "run_id", "stop");

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "halt_again" TO %I', app);
  -- no word is taken back: nothing ever did
  EXECUTE format('REVOKE UPDATE ("at", "runs") ON "halt_acknowledgement" FROM %I', app);
END $$;
