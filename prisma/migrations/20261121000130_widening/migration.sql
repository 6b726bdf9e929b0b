-- Tighten alone, widen together (C12, DESIGN §7; ADR 0018). A version that only narrows the one in force is put in force by one person,
-- who is written where a signer is; `tightened_from` names the version that a ciso signed, whose term it keeps. A version that widens
-- names the categories, and follows the last widening after the watching period, or under an override by a second person.
ALTER TABLE "boundary_version"
  ADD COLUMN "tightened_from" uuid REFERENCES "boundary_version" ("id"),
  ADD COLUMN "widened" text[] NOT NULL DEFAULT '{}',
  DROP CONSTRAINT "boundary_signer_is_not_drafter",
  ADD CONSTRAINT "boundary_signer_is_not_drafter" CHECK ("signed_by" <> "drafted_by" OR "tightened_from" IS NOT NULL),
  ADD CONSTRAINT "boundary_tightened_widens_nothing" CHECK ("tightened_from" IS NULL OR ("status" = 'signed' AND "widened" = '{}'));

ALTER TABLE "organisation" ADD COLUMN "watching_days" integer NOT NULL DEFAULT 14 CHECK ("watching_days" BETWEEN 0 AND 365);

-- Two people who say that a widening need not wait: one asks with a reason, another agrees. For one digest.
CREATE TABLE "widening_override" (
  "id" uuid PRIMARY KEY,
  "boundary_id" uuid NOT NULL REFERENCES "boundary_version" ("id"),
  "digest" bytea NOT NULL CHECK (octet_length("digest") = 32),
  "asked_by" uuid NOT NULL REFERENCES "person" ("id"),
  "asked_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  "reason" text NOT NULL CHECK (btrim("reason") <> ''),
  "agreed_by" uuid REFERENCES "person" ("id"),
  "agreed_at" timestamptz(3),
  CONSTRAINT "override_by_two" CHECK ("agreed_by" <> "asked_by"),
  CONSTRAINT "override_agreed_whole" CHECK (("agreed_by" IS NULL) = ("agreed_at" IS NULL))
);
CREATE UNIQUE INDEX "widening_override_one" ON "widening_override" ("boundary_id", "digest");

-- As `20261121000100_changes` has it, and: what it widens, and that it may by now.
CREATE OR REPLACE FUNCTION gate_boundary_sign(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v_widened text[] := ARRAY(SELECT jsonb_array_elements_text(coalesce(p -> 'widened', '[]')));
  v_agent uuid;
  v_text text;
BEGIN
  IF cardinality(v_widened) > 0 AND EXISTS (
      SELECT FROM boundary_version b JOIN boundary_version w ON w.agent_id IS NOT DISTINCT FROM b.agent_id AND w.status = 'signed'
        AND cardinality(w.widened) > 0 AND w.signed_at > clock_timestamp() - (SELECT o.watching_days FROM organisation o) * interval '1 day'
       WHERE b.id = v_id)
    AND NOT EXISTS (SELECT FROM widening_override o WHERE o.boundary_id = v_id AND o.digest = decode(p ->> 'digest', 'hex')
      AND o.agreed_by IS NOT NULL AND v_by IN (o.asked_by, o.agreed_by))
  THEN RETURN jsonb_build_object('refused', 'watching'); END IF;
  UPDATE boundary_version b SET status = 'signed', signed_by = v_by, signed_at = clock_timestamp(), statement = p ->> 'statement',
      lapses_at = (p ->> 'lapses_at')::timestamptz, widened = v_widened
    WHERE b.id = v_id AND b.status = 'draft' AND b.digest = decode(p ->> 'digest', 'hex') AND b.drafted_by <> v_by
      -- a ciso as of now, not as of when the page was opened (C15)
      AND EXISTS (SELECT 1 FROM person s WHERE s.id = v_by AND s.deactivated_at IS NULL AND 'ciso' = ANY (s.roles))
    RETURNING b.agent_id INTO v_agent;
  IF NOT FOUND THEN
    SELECT CASE WHEN b.drafted_by = v_by THEN 'separation_of_duties' WHEN b.status <> 'draft' THEN 'already_decided'
        WHEN b.digest <> decode(p ->> 'digest', 'hex') THEN 'digest_mismatch' ELSE 'not_permitted' END
      INTO v_text FROM boundary_version b WHERE b.id = v_id;
    RETURN jsonb_build_object('refused', coalesce(v_text, 'not_found'));
  END IF;
  -- grants given under the version before die: whether the new one is narrower is then no question of timing
  IF v_agent IS NULL THEN UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1;
  ELSE UPDATE agent SET revoked_epoch = p_epoch WHERE id = v_agent; END IF;
  RETURN NULL;
END $$;

-- `boundary.tighten`: {id, by, base, digest, statement}. `base` is the version it was compared with: another one in force by now refuses it.
CREATE FUNCTION gate_boundary_tighten(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v_base boundary_version;
  v_agent uuid;
BEGIN
  SELECT f.* INTO v_base FROM boundary_version b JOIN boundary_version f ON f.agent_id IS NOT DISTINCT FROM b.agent_id AND f.status = 'signed'
    WHERE b.id = v_id ORDER BY f.version DESC LIMIT 1;
  IF v_base.id IS DISTINCT FROM (p ->> 'base')::uuid THEN RETURN jsonb_build_object('refused', 'conflict'); END IF;
  -- never longer in force than what a ciso signed
  UPDATE boundary_version b SET status = 'signed', signed_by = v_by, signed_at = clock_timestamp(), statement = p ->> 'statement',
      lapses_at = v_base.lapses_at, tightened_from = coalesce(v_base.tightened_from, v_base.id)
    WHERE b.id = v_id AND b.status = 'draft' AND b.digest = decode(p ->> 'digest', 'hex') AND b.drafted_by = v_by
      AND EXISTS (SELECT 1 FROM person s LEFT JOIN agent a ON a.id = b.agent_id
        WHERE s.id = v_by AND s.deactivated_at IS NULL AND (s.roles && ARRAY['ciso', 'analyst'] OR a.owner_id = v_by
          OR EXISTS (SELECT FROM on_call_shift c WHERE c.person_id = v_by AND c.starts_at <= clock_timestamp() AND (c.ends_at IS NULL OR c.ends_at > clock_timestamp()))))
    RETURNING b.agent_id INTO v_agent;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'not_permitted'); END IF;
  IF v_agent IS NULL THEN UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1;
  ELSE UPDATE agent SET revoked_epoch = p_epoch WHERE id = v_agent; END IF;
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION gate_boundary_tighten(jsonb, bigint) FROM PUBLIC;
DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "widening_override" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "boundary_id", "digest", "asked_by", "reason") ON "widening_override" TO %I', app);
  -- agreeing is done once, by somebody else: the checks and this trigger hold it
  EXECUTE format('GRANT UPDATE ("agreed_by", "agreed_at") ON "widening_override" TO %I', app);
END $$;
CREATE FUNCTION "override_is_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an override that was agreed never changes' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER "final" BEFORE UPDATE OR DELETE ON "widening_override" FOR EACH ROW WHEN (OLD."agreed_by" IS NOT NULL) EXECUTE FUNCTION "override_is_final"();
ALTER TABLE "widening_override" ENABLE ALWAYS TRIGGER "final";
