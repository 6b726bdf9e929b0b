-- The ledger's own schema (DESIGN §5). Prisma has no word for partitions, append-only triggers and roles, so it does not
-- know these tables; lib/ledger speaks to them in SQL.
--
-- What holds here holds against the app, the sequencer, the jobs and the owner of the tables, also under
-- session_replication_role = replica. A superuser can undo all of it: that is what checkpoints held elsewhere are for.
CREATE SCHEMA ledger;

-- ---------------------------------------------------------------- tables

-- One entry: the exact canonical bytes that become the leaf, and columns to search by. The columns are read from the bytes by a
-- trigger, whoever inserts: nobody can make them differ. (As generated columns the bytes are parsed once for each: 26 µs
-- a row against the trigger's 5.) `action_id` is null on the entry that decided the action: there it is the id.
CREATE TABLE ledger.entry (
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  id          uuid        NOT NULL,
  agent_id    uuid,
  action_id   uuid,
  run_id      uuid,
  person_id   uuid,
  kind        text        NOT NULL,
  outcome     text,
  reason_code text,
  leaf_hash   bytea       NOT NULL GENERATED ALWAYS AS (sha256('\x00'::bytea || envelope)) STORED,
  envelope    bytea       NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT entry_fits_a_bundle CHECK (octet_length(envelope) BETWEEN 1 AND 65535)
) PARTITION BY RANGE (id);
CREATE INDEX entry_agent ON ledger.entry (agent_id, id) WHERE agent_id IS NOT NULL;
CREATE INDEX entry_outcome ON ledger.entry (outcome, id) WHERE outcome IS NOT NULL;
CREATE INDEX entry_action ON ledger.entry (action_id, id) WHERE action_id IS NOT NULL;

-- The key of one data subject, itself encrypted; destroying it makes everything under it unreadable at once.
-- subject_hash is a keyed hash: who the subject is cannot be guessed from it.
CREATE TABLE ledger.subject_key (
  id           uuid        PRIMARY KEY,
  subject_hash bytea       NOT NULL CHECK (octet_length(subject_hash) = 32),
  wrapping_key text        NOT NULL,
  wrapped_dek  bytea,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  destroyed_at timestamptz,
  CONSTRAINT subject_key_destroyed_is_gone CHECK ((wrapped_dek IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE UNIQUE INDEX subject_key_living ON ledger.subject_key (subject_hash) WHERE destroyed_at IS NULL;

-- What an entry may not say in the open: AES-256-GCM as nonce (12) || ciphertext || tag (16). No foreign keys: a reference
-- check takes a row lock on the subject's key, which every decision about the same subject would queue for.
CREATE TABLE ledger.payload (
  entry_id       uuid  NOT NULL,
  subject_key_id uuid  NOT NULL,
  ciphertext     bytea NOT NULL,
  PRIMARY KEY (entry_id)
) PARTITION BY RANGE (entry_id);
CREATE INDEX payload_subject_key ON ledger.payload (subject_key_id);

-- The part of a payload that people search and read in lists. It is deleted with the payload.
CREATE TABLE ledger.projection (
  entry_id        uuid NOT NULL,
  tool            text,
  resource_type   text,
  resource_id     text,
  requester       text,
  requester_proof text CHECK (requester_proof IN ('verified', 'asserted')),
  sentence        text,
  PRIMARY KEY (entry_id)
) PARTITION BY RANGE (entry_id);

-- Entries that have no index yet. A row lives for a fraction of a second, hence the eager vacuum.
CREATE TABLE ledger.pending (
  qid       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_id  uuid  NOT NULL,
  leaf_hash bytea NOT NULL,
  queued_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- The log: a dense index, given after commit by one sequencer. The hash of leaf idx is entry.leaf_hash and tile (0, idx / 256).
CREATE TABLE ledger.leaf (
  idx      bigint PRIMARY KEY CHECK (idx >= 0),
  entry_id uuid   NOT NULL UNIQUE
);

-- The tree in the tlog-tiles layout, 32 bytes a hash, up to 256 of them.
CREATE TABLE ledger.tile (
  level  smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
  n      bigint   NOT NULL CHECK (n >= 0),
  hashes bytea    NOT NULL CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) BETWEEN 32 AND 8192),
  PRIMARY KEY (level, n)
);
ALTER TABLE ledger.tile ALTER COLUMN hashes SET STORAGE EXTERNAL; -- hashes do not compress
ALTER TABLE ledger.payload ALTER COLUMN ciphertext SET STORAGE EXTERNAL;

-- The name the log signs under, and the keys that check it. A log that lost a part of itself goes on under a new name.
CREATE TABLE ledger.origin (
  n            smallint    PRIMARY KEY CHECK (n >= 1),
  origin       text        NOT NULL UNIQUE,
  vkey         text        NOT NULL,
  receipt_vkey text        NOT NULL,
  previous     text,
  opened_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Where the log stands: one row, whose lock makes one sequencer of many.
CREATE TABLE ledger.tree_head (
  id            smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  size          bigint   NOT NULL DEFAULT 0 CHECK (size >= 0),
  compact_range bytea    NOT NULL DEFAULT '',
  note          text,
  signed_at     timestamptz
);
INSERT INTO ledger.tree_head (id) VALUES (1);

-- Checkpoints kept for good: not every one that was signed, one in some seconds.
CREATE TABLE ledger.checkpoint (
  origin_n  smallint    NOT NULL REFERENCES ledger.origin,
  size      bigint      NOT NULL CHECK (size >= 0),
  root      bytea       NOT NULL CHECK (octet_length(root) = 32),
  note      text        NOT NULL,
  signed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (origin_n, size)
);

-- Queue rows the sequencer could not integrate. Every one is an alarm.
CREATE TABLE ledger.quarantine (
  qid      bigint      PRIMARY KEY,
  entry_id uuid        NOT NULL,
  reason   text        NOT NULL,
  at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- How far each consumer has read the log.
CREATE TABLE ledger.cursor (
  consumer   text        PRIMARY KEY,
  idx        bigint      NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- ---------------------------------------------------------------- what triggers hold

CREATE FUNCTION ledger.deny() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'ledger.%: % is refused, the ledger only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';
END $$;

-- An id is a UUIDv7 of now: with ids made by the app, backdating would move into the id. The bytes must name the same id.
CREATE FUNCTION ledger.admit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  name text := NEW.id::text;
  made bigint := ('x' || substr(name, 1, 8) || substr(name, 10, 4))::bit(48)::bigint;
BEGIN
  IF substr(name, 15, 1) <> '7' OR abs(made - extract(epoch FROM clock_timestamp()) * 1000) > 5000 THEN
    RAISE EXCEPTION 'ledger.entry: the id % was not made now', name USING ERRCODE = '22023', CONSTRAINT = 'entry_id_is_now';
  END IF;
  SELECT said ->> 'kind', (said ->> 'agent')::uuid, (said ->> 'action')::uuid, (said ->> 'run')::uuid,
         CASE WHEN said ->> 'actor' LIKE 'person:%' THEN substr(said ->> 'actor', 8)::uuid END,
         said ->> 'outcome', said ->> 'reason'
    INTO NEW.kind, NEW.agent_id, NEW.action_id, NEW.run_id, NEW.person_id, NEW.outcome, NEW.reason_code
    FROM (SELECT convert_from(NEW.envelope, 'UTF8')::jsonb OFFSET 0) AS parsed(said)
   WHERE said ->> 'id' = name;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ledger.entry: the envelope of % names another id', name USING ERRCODE = '22023', CONSTRAINT = 'entry_id_is_its_own';
  END IF;
  NEW.recorded_at := clock_timestamp();
  RETURN NEW;
END $$;

-- Every entry is queued, whoever inserts it: the app cannot forget, nor give another hash.
CREATE FUNCTION ledger.enqueue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO ledger.pending (entry_id, leaf_hash) SELECT id, leaf_hash FROM added ORDER BY id;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger.forget_projection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  DELETE FROM ledger.projection WHERE entry_id = OLD.entry_id;
  RETURN NULL;
END $$;

-- A tile only grows, and what it held stays its beginning.
CREATE FUNCTION ledger.grow_tile() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (NEW.level, NEW.n) IS DISTINCT FROM (OLD.level, OLD.n) OR octet_length(NEW.hashes) <= octet_length(OLD.hashes)
     OR substr(NEW.hashes, 1, octet_length(OLD.hashes)) <> OLD.hashes THEN
    RAISE EXCEPTION 'ledger.tile: a tile only grows' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION ledger.grow_head() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.compact_range <> OLD.compact_range) THEN
    RAISE EXCEPTION 'ledger.tree_head: the log only grows' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

-- A subject's key may be wrapped anew or destroyed, and never comes back.
CREATE FUNCTION ledger.keep_subject() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (NEW.id, NEW.subject_hash, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.subject_hash, OLD.created_at) OR OLD.destroyed_at IS NOT NULL THEN
    RAISE EXCEPTION 'ledger.subject_key: a key is wrapped anew or destroyed, nothing else' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

-- Row triggers reach the partitions by themselves, with their ALWAYS.
CREATE TRIGGER admit BEFORE INSERT ON ledger.entry FOR EACH ROW EXECUTE FUNCTION ledger.admit();
CREATE TRIGGER forget_projection AFTER DELETE ON ledger.payload FOR EACH ROW EXECUTE FUNCTION ledger.forget_projection();
CREATE TRIGGER grow BEFORE UPDATE ON ledger.tile FOR EACH ROW EXECUTE FUNCTION ledger.grow_tile();
CREATE TRIGGER grow BEFORE UPDATE ON ledger.tree_head FOR EACH ROW EXECUTE FUNCTION ledger.grow_head();
CREATE TRIGGER keep BEFORE UPDATE ON ledger.subject_key FOR EACH ROW EXECUTE FUNCTION ledger.keep_subject();
ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER admit;
ALTER TABLE ledger.payload ENABLE ALWAYS TRIGGER forget_projection;
ALTER TABLE ledger.tile ENABLE ALWAYS TRIGGER grow;
ALTER TABLE ledger.tree_head ENABLE ALWAYS TRIGGER grow;
ALTER TABLE ledger.subject_key ENABLE ALWAYS TRIGGER keep;

-- Statement triggers do not: guard_statements sets them on the parents here and on every partition as it is made.
CREATE FUNCTION ledger.guard_statements(guarded text, is_entry boolean) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.%I FOR EACH STATEMENT EXECUTE FUNCTION ledger.deny()', guarded);
  EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER no_truncate', guarded);
  IF is_entry THEN
    EXECUTE format('CREATE TRIGGER enqueue AFTER INSERT ON ledger.%I REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger.enqueue()', guarded);
    EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER enqueue', guarded);
  END IF;
END $$;

DO $$
DECLARE
  guarded text;
  refused text;
BEGIN
  FOR guarded, refused IN VALUES
    ('entry', 'UPDATE OR DELETE'), ('leaf', 'UPDATE OR DELETE'), ('checkpoint', 'UPDATE OR DELETE'), ('origin', 'UPDATE OR DELETE'),
    ('quarantine', 'UPDATE OR DELETE'), ('payload', 'UPDATE'), ('projection', 'UPDATE'), ('pending', 'UPDATE'),
    ('tile', 'DELETE'), ('tree_head', 'DELETE'), ('subject_key', 'DELETE')
  LOOP
    EXECUTE format('CREATE TRIGGER refuse BEFORE %s ON ledger.%I FOR EACH ROW EXECUTE FUNCTION ledger.deny()', refused, guarded);
    EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse', guarded);
    PERFORM ledger.guard_statements(guarded, guarded = 'entry');
  END LOOP;
END $$;

-- ---------------------------------------------------------------- partitions

-- Makes the months that are missing, from the one in force to `ahead` months later; answers how many tables it made.
-- A month is a range of UUIDv7: its first millisecond and zeros. It is attached, since CREATE … PARTITION OF locks out everybody who
-- reads or writes the parent, and would wait for the longest of them while all others queue behind.
CREATE FUNCTION ledger.make_partitions(ahead integer DEFAULT 13) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET timezone = 'UTC' AS $$
DECLARE
  parent text;
  month timestamptz;
  partition text;
  made integer := 0;
BEGIN
  IF ahead NOT BETWEEN 0 AND 120 THEN RAISE EXCEPTION 'ledger.make_partitions: 0 to 120 months' USING ERRCODE = '22023'; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.make_partitions', 0));
  FOR month IN SELECT generate_series(date_trunc('month', now() - interval '1 day'), date_trunc('month', now()) + ahead * interval '1 month', interval '1 month') LOOP
    FOREACH parent IN ARRAY ARRAY['entry', 'payload', 'projection'] LOOP
      partition := parent || '_' || to_char(month, 'YYYY_MM');
      CONTINUE WHEN to_regclass('ledger.' || partition) IS NOT NULL;
      EXECUTE format('CREATE TABLE ledger.%I (LIKE ledger.%I INCLUDING ALL)', partition, parent);
      EXECUTE format('ALTER TABLE ledger.%I ATTACH PARTITION ledger.%I FOR VALUES FROM (%L) TO (%L)', parent, partition,
        ledger.first_id(month), ledger.first_id(month + interval '1 month'));
      PERFORM ledger.guard_statements(partition, parent = 'entry');
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

-- The smallest UUID of a millisecond.
CREATE FUNCTION ledger.first_id(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
  SELECT rpad(lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0'), 32, '0')::uuid
$$;

SELECT ledger.make_partitions();

-- ---------------------------------------------------------------- writing

-- Writes entries with what belongs to them, set by set, in the caller's transaction. Every array has one element an entry; a null
-- ciphertext is an entry without a payload. Called by the hot path and by the gate inside their own statements.
CREATE FUNCTION ledger.append(
  ids uuid[], envelopes bytea[], subject_keys uuid[], ciphertexts bytea[], tools text[], resource_types text[],
  resource_ids text[], requesters text[], requester_proofs text[], sentences text[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger.entry (id, envelope) SELECT * FROM unnest(ids, envelopes);
  INSERT INTO ledger.payload (entry_id, subject_key_id, ciphertext)
    SELECT * FROM unnest(ids, subject_keys, ciphertexts) AS p(entry_id, subject_key_id, ciphertext) WHERE p.ciphertext IS NOT NULL;
  INSERT INTO ledger.projection (entry_id, tool, resource_type, resource_id, requester, requester_proof, sentence)
    SELECT * FROM unnest(ids, tools, resource_types, resource_ids, requesters, requester_proofs, sentences)
      AS p(entry_id, tool, resource_type, resource_id, requester, requester_proof, sentence)
     WHERE num_nonnulls(p.tool, p.resource_type, p.resource_id, p.requester, p.requester_proof, p.sentence) > 0;
END $$;

-- The same for one entry: what the console's verbs and the gate call. The projection has the columns' names.
CREATE FUNCTION ledger.append(entry_id uuid, envelope bytea, subject_key uuid, ciphertext bytea, projection jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger.entry (id, envelope) VALUES (append.entry_id, append.envelope);
  IF append.ciphertext IS NOT NULL THEN
    INSERT INTO ledger.payload (entry_id, subject_key_id, ciphertext) VALUES (append.entry_id, append.subject_key, append.ciphertext);
  END IF;
  IF jsonb_typeof(append.projection) = 'object' THEN
    INSERT INTO ledger.projection (entry_id, tool, resource_type, resource_id, requester, requester_proof, sentence)
      VALUES (append.entry_id, append.projection ->> 'tool', append.projection ->> 'resource_type', append.projection ->> 'resource_id',
        append.projection ->> 'requester', append.projection ->> 'requester_proof', append.projection ->> 'sentence');
  END IF;
END $$;

-- Names the log, once. Answers whether this call did: whoever did records `ledger.opened`.
CREATE FUNCTION ledger.open(log_origin text, log_vkey text, log_receipt_vkey text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO ledger.origin (n, origin, vkey, receipt_vkey) VALUES (1, log_origin, log_vkey, log_receipt_vkey) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;

-- ---------------------------------------------------------------- who may what

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;

-- The migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools.
DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  sequencer text := coalesce(nullif(current_setting('countersign.role_sequencer', true), ''), current_database() || '_sequencer');
  jobs text := coalesce(nullif(current_setting('countersign.role_jobs', true), ''), current_database() || '_jobs');
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA ledger TO %I, %I, %I', app, sequencer, jobs);

  -- The app inserts named columns and reads. It cannot choose a time, a column to search by, an index or a hash.
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO %I, %I', app, jobs);
  EXECUTE format('GRANT INSERT (id, envelope) ON ledger.entry TO %I, %I', app, jobs);
  EXECUTE format('GRANT INSERT (entry_id, subject_key_id, ciphertext) ON ledger.payload TO %I, %I', app, jobs);
  EXECUTE format('GRANT INSERT (entry_id, tool, resource_type, resource_id, requester, requester_proof, sentence) ON ledger.projection TO %I, %I', app, jobs);
  EXECUTE format('GRANT INSERT (id, subject_hash, wrapping_key, wrapped_dek) ON ledger.subject_key TO %I, %I', app, jobs);
  EXECUTE format('GRANT INSERT, UPDATE ON ledger.cursor TO %I, %I', app, jobs);
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.append(uuid[], bytea[], uuid[], bytea[], text[], text[], text[], text[], text[], text[]), ledger.append(uuid, bytea, uuid, bytea, jsonb) TO %I, %I', app, jobs);
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.open(text, text, text) TO %I', app);

  -- Jobs erase and make months.
  EXECUTE format('GRANT DELETE ON ledger.payload, ledger.projection TO %I', jobs);
  EXECUTE format('GRANT UPDATE (wrapping_key, wrapped_dek, destroyed_at) ON ledger.subject_key TO %I', jobs);
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.make_partitions(integer), ledger.first_id(timestamptz) TO %I', jobs);

  -- The sequencer gives indexes. It reads no payload and no envelope.
  EXECUTE format('GRANT SELECT (id, leaf_hash) ON ledger.entry TO %I', sequencer);
  EXECUTE format('GRANT SELECT, DELETE ON ledger.pending TO %I', sequencer);
  EXECUTE format('GRANT SELECT, INSERT ON ledger.leaf, ledger.checkpoint, ledger.quarantine TO %I', sequencer);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE (hashes) ON ledger.tile TO %I', sequencer);
  EXECUTE format('GRANT SELECT, UPDATE (size, compact_range, note, signed_at) ON ledger.tree_head TO %I', sequencer);
  EXECUTE format('GRANT SELECT ON ledger.origin TO %I', sequencer);
END $$;
