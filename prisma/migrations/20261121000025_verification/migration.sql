-- What walking the whole log found, each time it was walked: the newest row is what pages say of the ledger. It is a notice and no
-- evidence: whoever could tamper with the ledger could remove it, and the next walk finds the same again.
CREATE TABLE ledger.verification (
  n           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  began_at    timestamptz NOT NULL,
  ended_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  size        bigint      NOT NULL CHECK (size >= 0),
  checkpoints integer     NOT NULL CHECK (checkpoints >= 0),
  erased      bigint      NOT NULL CHECK (erased >= 0),
  fault       text,
  idx         bigint,
  entry_id    uuid
);

CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON ledger.verification FOR EACH ROW EXECUTE FUNCTION ledger.deny();
ALTER TABLE ledger.verification ENABLE ALWAYS TRIGGER refuse;
SELECT ledger.guard_statements('verification', false);

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  jobs text := coalesce(nullif(current_setting('countersign.role_jobs', true), ''), current_database() || '_jobs');
BEGIN
  EXECUTE format('GRANT SELECT ON ledger.verification TO %I, %I', app, jobs);
  EXECUTE format('GRANT INSERT (began_at, size, checkpoints, erased, fault, idx, entry_id) ON ledger.verification TO %I', jobs);
END $$;
