-- Who signs, and who holds what was signed.

-- Each time another key, or another name, took over: which entry says so. The entry carries both keys and both signatures; this
-- finds it without walking the log. Only the owner of the tables writes it, in one transaction with the entry, with the servers
-- stopped: whoever runs code in the server cannot make another key the ledger's.
CREATE TABLE ledger.succession (
  n        smallint    PRIMARY KEY CHECK (n >= 1),
  entry_id uuid        NOT NULL UNIQUE,
  old_vkey text        NOT NULL,
  new_vkey text        NOT NULL,
  at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON ledger.succession FOR EACH ROW EXECUTE FUNCTION ledger.deny();
ALTER TABLE ledger.succession ENABLE ALWAYS TRIGGER refuse;
SELECT ledger.guard_statements('succession', false);

-- Who holds checkpoints outside of this install, as far as is known here: witnesses that cosigned one, the webhook that took one,
-- watchers that fetched one. `note` is what a witness cosigned, with its line.
CREATE TABLE ledger.holder (
  kind     text        NOT NULL CHECK (kind IN ('witness', 'webhook', 'watcher')),
  name     text        NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
  size     bigint      NOT NULL DEFAULT 0 CHECK (size >= 0),
  note     text,
  first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  held_at  timestamptz,
  tried_at timestamptz,
  failure  text,
  PRIMARY KEY (kind, name)
);

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  sequencer text := coalesce(nullif(current_setting('countersign.role_sequencer', true), ''), current_database() || '_sequencer');
  jobs text := coalesce(nullif(current_setting('countersign.role_jobs', true), ''), current_database() || '_jobs');
BEGIN
  EXECUTE format('GRANT SELECT ON ledger.succession TO %I, %I, %I', app, sequencer, jobs);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE (size, note, held_at, tried_at, failure), DELETE ON ledger.holder TO %I, %I', app, jobs);
END $$;
