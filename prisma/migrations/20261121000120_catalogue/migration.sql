-- The catalogue keeps what a server says of each tool, every version of it, and which one a person confirmed. A tool whose words or schema
-- change loses its confirmation through the gate; the class and surface confirmed last stay beside `changed_at`, because forgetting them
-- would turn what they forbid into a question.
ALTER TABLE "tool"
  ADD COLUMN "title" text NOT NULL DEFAULT '',
  ADD COLUMN "annotations" jsonb,
  -- SHA-256 over RFC 8785 of title, description, schema and annotations (lib/tools/digest.ts); null for rows of before, until they change
  ADD COLUMN "digest" bytea CHECK (octet_length("digest") = 32),
  ADD COLUMN "surface" text CHECK ("surface" IN ('commands', 'code', 'data')),
  ADD COLUMN "version" integer NOT NULL DEFAULT 1 CHECK ("version" >= 1),
  -- the version somebody confirmed last; the class counts by it, also while the tool is changed
  ADD COLUMN "confirmed_version" integer,
  ADD COLUMN "changed_at" timestamptz(3),
  -- who named it first, where no person did
  ADD COLUMN "seen_by" uuid REFERENCES "agent" ("id"),
  DROP CONSTRAINT "tool_source_known",
  ADD CONSTRAINT "tool_source_known" CHECK ("source" IN ('person', 'import', 'mcp', 'trace', 'seen')),
  ADD CONSTRAINT "tool_changed_is_unconfirmed" CHECK ("changed_at" IS NULL OR "confirmed_at" IS NULL);
UPDATE "tool" SET "confirmed_version" = 1 WHERE "confirmed_at" IS NOT NULL;
CREATE INDEX "tool_seen_by" ON "tool" ("seen_by") WHERE "seen_by" IS NOT NULL;

-- Every version of what was said of a tool. Written by a trigger alone, so that the history cannot differ from the row.
CREATE TABLE "tool_version" (
  "tool_id" uuid NOT NULL REFERENCES "tool" ("id"),
  "version" integer NOT NULL CHECK ("version" >= 1),
  "title" text NOT NULL,
  "description" text NOT NULL,
  "schema" jsonb,
  "annotations" jsonb,
  "digest" bytea,
  "source" text NOT NULL,
  "at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY ("tool_id", "version")
);
INSERT INTO "tool_version" ("tool_id", "version", "title", "description", "schema", "source", "at")
  SELECT "id", 1, '', "description", "schema", "source", "created_at" FROM "tool";

CREATE FUNCTION "tool_keeps_versions"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO tool_version (tool_id, version, title, description, schema, annotations, digest, source)
    VALUES (NEW.id, NEW.version, NEW.title, NEW.description, NEW.schema, NEW.annotations, NEW.digest, NEW.source);
  RETURN NULL;
END $$;
CREATE TRIGGER "versions_inserted" AFTER INSERT ON "tool" FOR EACH ROW EXECUTE FUNCTION "tool_keeps_versions"();
CREATE TRIGGER "versions_updated" AFTER UPDATE OF "version" ON "tool" FOR EACH ROW EXECUTE FUNCTION "tool_keeps_versions"();

CREATE FUNCTION "tool_version_is_final"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a version of a tool is final' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "final" BEFORE UPDATE OR DELETE ON "tool_version" FOR EACH ROW EXECUTE FUNCTION "tool_version_is_final"();
CREATE TRIGGER "final_all" BEFORE TRUNCATE ON "tool_version" FOR EACH STATEMENT EXECUTE FUNCTION "tool_version_is_final"();
ALTER TABLE "tool_version" ENABLE ALWAYS TRIGGER "final";
ALTER TABLE "tool_version" ENABLE ALWAYS TRIGGER "final_all";

-- Confirms what was read: the digest the person saw is the digest of the row (C18), whoever changed it meanwhile.
CREATE OR REPLACE FUNCTION gate_tool_confirm(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v_text text;
BEGIN
  UPDATE tool t SET access = p ->> 'access', reversible = (p ->> 'reversible')::boolean, audience = p ->> 'audience',
      production = (p ->> 'production')::boolean, spends = (p ->> 'spends')::boolean, surface = p ->> 'surface',
      digest = coalesce(t.digest, decode(p ->> 'digest', 'hex')),
      confirmed_by = v_by, confirmed_at = clock_timestamp(), confirmed_version = t.version, changed_at = NULL
    WHERE t.id = v_id AND (t.digest IS NULL OR t.digest = decode(p ->> 'digest', 'hex'))
      -- who may as of now, not as of when the page was opened (C15)
      AND EXISTS (SELECT 1 FROM person s WHERE s.id = v_by AND s.deactivated_at IS NULL AND s.roles && ARRAY['analyst', 'ciso']);
  IF NOT FOUND THEN
    SELECT CASE WHEN t.digest <> coalesce(decode(p ->> 'digest', 'hex'), ''::bytea) THEN 'digest_mismatch' ELSE 'not_permitted' END
      INTO v_text FROM tool t WHERE t.id = v_id;
    RETURN jsonb_build_object('refused', coalesce(v_text, 'not_found'));
  END IF;
  RETURN NULL;
END $$;

-- What a server says of a tool now. `before` is the version the caller compared with, `held` whether it takes the tool for one whose
-- calls must wait from here on: both are held here too, so that a confirmation in between is never lost.
CREATE FUNCTION gate_tool_change(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v tool;
  v_held boolean;
BEGIN
  SELECT * INTO v FROM tool WHERE id = (p ->> 'id')::uuid FOR UPDATE;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'not_found'); END IF;
  -- where no server said anything of it and nobody confirmed it, the first words are no change
  v_held := v.confirmed_at IS NOT NULL OR v.changed_at IS NOT NULL OR v.source = 'mcp';
  IF v.version <> (p ->> 'before')::integer OR v_held <> (p ->> 'held')::boolean THEN RETURN jsonb_build_object('refused', 'conflict'); END IF;
  UPDATE tool SET version = v.version + 1, title = p ->> 'title', description = p ->> 'description', schema = nullif(p -> 'schema', 'null'),
      annotations = nullif(p -> 'annotations', 'null'), digest = decode(p ->> 'digest', 'hex'), source = 'mcp',
      confirmed_by = NULL, confirmed_at = NULL, changed_at = CASE WHEN v_held THEN clock_timestamp() END,
      -- a suggestion follows its server until a person has said what the tool does
      access = CASE WHEN v.confirmed_version IS NULL THEN p ->> 'access' ELSE v.access END,
      reversible = CASE WHEN v.confirmed_version IS NULL THEN (p ->> 'reversible')::boolean ELSE v.reversible END,
      audience = CASE WHEN v.confirmed_version IS NULL THEN p ->> 'audience' ELSE v.audience END,
      production = CASE WHEN v.confirmed_version IS NULL THEN NULL ELSE v.production END,
      spends = CASE WHEN v.confirmed_version IS NULL THEN NULL ELSE v.spends END
    WHERE id = v.id;
  -- grants given under the words before die; too many is the safe side, they live seconds
  IF v_held THEN UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1; END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_tool_change(jsonb, bigint), gate_tool_confirm(jsonb, bigint), tool_keeps_versions() FROM PUBLIC;

DO $$
DECLARE
  -- the migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT INSERT ("title", "annotations", "digest", "surface", "seen_by") ON "tool" TO %I', app);
  EXECUTE format('GRANT SELECT ON "tool_version" TO %I', app);
END $$;
