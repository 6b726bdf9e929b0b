-- Payloads apart: what is sensitive and who read it for what, what was erased, how long which class is kept, and legal holds.
-- None of these rows is evidence. What they say is said by entries too, and verification believes the entries alone.

-- What people must say a purpose for before they read it: tools (with *), types of resource, agents.
CREATE TABLE ledger.sensitive_mark (
  kind      text        NOT NULL CHECK (kind IN ('tool', 'resource_type', 'agent')),
  value     text        NOT NULL CHECK (length(value) BETWEEN 1 AND 200),
  marked_by uuid        NOT NULL,
  marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (kind, value)
);

-- Who may read what for how long, because they said why. `subject_id` is an action, or an entry that belongs to none.
CREATE TABLE ledger.reading (
  entry_id   uuid        PRIMARY KEY,
  person_id  uuid        NOT NULL,
  subject_id uuid        NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  until      timestamptz NOT NULL,
  CONSTRAINT reading_is_bounded CHECK (until <= at + interval '1 hour')
);
CREATE INDEX reading_of ON ledger.reading (person_id, subject_id, until);

-- What was erased: by the key of a subject, or one entry's payload.
CREATE TABLE ledger.erasure (
  entry_id       uuid        PRIMARY KEY,
  subject_key_id uuid,
  target_id      uuid,
  person_id      uuid        NOT NULL,
  payloads       bigint      NOT NULL CHECK (payloads >= 0),
  at             timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT erasure_names_one CHECK (num_nonnulls(subject_key_id, target_id) = 1)
);
CREATE INDEX erasure_key ON ledger.erasure (subject_key_id) WHERE subject_key_id IS NOT NULL;
CREATE INDEX erasure_target ON ledger.erasure (target_id) WHERE target_id IS NOT NULL;
CREATE INDEX subject_key_destroyed ON ledger.subject_key (destroyed_at) WHERE destroyed_at IS NOT NULL;

-- How many days the payloads of a class are kept; no row, or null: for good. `applied_until`: older ones are gone.
CREATE TABLE ledger.retention (
  class         text        PRIMARY KEY CHECK (class IN ('read_actions', 'write_actions', 'conclusions', 'answers', 'administration')),
  days          integer     CHECK (days BETWEEN 30 AND 36500),
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  applied_until timestamptz
);

-- What may be neither erased nor let expire until somebody lifts it.
CREATE TABLE ledger.legal_hold (
  id         uuid        PRIMARY KEY,
  scope      text        NOT NULL CHECK (scope IN ('agent', 'run')),
  subject_id uuid        NOT NULL,
  reason     text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
  placed_by  uuid        NOT NULL,
  placed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  lifted_by  uuid,
  lifted_at  timestamptz,
  CONSTRAINT legal_hold_is_lifted_by_somebody CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);
CREATE UNIQUE INDEX legal_hold_living ON ledger.legal_hold (scope, subject_id) WHERE lifted_at IS NULL;

-- A destroyed key is forgotten by every process at once.
CREATE FUNCTION ledger.tell_destroyed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_notify('keys', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER tell_destroyed AFTER UPDATE ON ledger.subject_key FOR EACH ROW
  WHEN (NEW.destroyed_at IS NOT NULL AND OLD.destroyed_at IS NULL) EXECUTE FUNCTION ledger.tell_destroyed();
ALTER TABLE ledger.subject_key ENABLE ALWAYS TRIGGER tell_destroyed;
REVOKE ALL ON FUNCTION ledger.tell_destroyed() FROM PUBLIC;

-- A reading and an erasure happened; who said so cannot be changed afterwards.
DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['reading', 'erasure'] LOOP
    EXECUTE format('CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON ledger.%I FOR EACH ROW EXECUTE FUNCTION ledger.deny()', guarded);
    EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse', guarded);
    PERFORM ledger.guard_statements(guarded, false);
  END LOOP;
END $$;

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  jobs text := coalesce(nullif(current_setting('countersign.role_jobs', true), ''), current_database() || '_jobs');
BEGIN
  EXECUTE format('GRANT SELECT ON ledger.sensitive_mark, ledger.reading, ledger.erasure, ledger.retention, ledger.legal_hold TO %I, %I', app, jobs);
  EXECUTE format('GRANT INSERT (kind, value, marked_by), DELETE ON ledger.sensitive_mark TO %I', app);
  EXECUTE format('GRANT INSERT (entry_id, person_id, subject_id, until) ON ledger.reading TO %I', app);
  EXECUTE format('GRANT INSERT (class, days), UPDATE (days, changed_at) ON ledger.retention TO %I', app);
  EXECUTE format('GRANT INSERT (id, scope, subject_id, reason, placed_by), UPDATE (lifted_by, lifted_at) ON ledger.legal_hold TO %I', app);
  -- who erases is not who answers agents
  EXECUTE format('GRANT INSERT (entry_id, subject_key_id, target_id, person_id, payloads) ON ledger.erasure TO %I', jobs);
  EXECUTE format('GRANT UPDATE (applied_until) ON ledger.retention TO %I', jobs);
END $$;
