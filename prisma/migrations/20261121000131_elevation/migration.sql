-- Elevations (C07): more than the boundary for a while, under the ceiling a ciso signed in it, with a reason, an approver and an end.
-- A row begins as what somebody asks for; only the gate grants and ends it.
CREATE TABLE "elevation" (
  "id" uuid PRIMARY KEY,
  "agent_id" uuid NOT NULL REFERENCES "agent" ("id"),
  "mcp_scopes" jsonb NOT NULL,
  "tools" text[] NOT NULL,
  "length_seconds" integer NOT NULL CHECK ("length_seconds" BETWEEN 60 AND 604800),
  "reason" text NOT NULL CHECK (btrim("reason") <> ''),
  "digest" bytea NOT NULL CHECK (octet_length("digest") = 32),
  "requested_by" uuid NOT NULL REFERENCES "person" ("id"),
  "requested_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  "boundary_id" uuid REFERENCES "boundary_version" ("id"),
  "granted_by" uuid REFERENCES "person" ("id"),
  "granted_at" timestamptz(3),
  "ends_at" timestamptz(3),
  "ended_at" timestamptz(3),
  "ended_by" uuid REFERENCES "person" ("id"),
  "end_reason" text,
  CONSTRAINT "elevation_granted_whole" CHECK (("granted_at" IS NULL) = ("granted_by" IS NULL) AND ("granted_at" IS NULL) = ("ends_at" IS NULL)
    AND ("granted_at" IS NULL) = ("boundary_id" IS NULL)),
  CONSTRAINT "elevation_grants_something" CHECK (jsonb_typeof("mcp_scopes") = 'object' AND ("mcp_scopes" <> '{}' OR cardinality("tools") > 0)),
  CONSTRAINT "elevation_ends" CHECK ("ended_at" IS NULL OR "granted_at" IS NOT NULL),
  CONSTRAINT "elevation_granter_is_not_requester" CHECK ("granted_by" <> "requested_by")
);
CREATE INDEX "elevation_agent_id_requested_at_idx" ON "elevation" ("agent_id", "requested_at");
CREATE INDEX "elevation_live" ON "elevation" ("agent_id") WHERE "granted_at" IS NOT NULL AND "ended_at" IS NULL;

-- Grants what was asked for and approved: under the ceiling of the version in force now, by whom that version says, never by the person who
-- asked, nor by the owner alone.
--   p  {id, by: who approved}
CREATE FUNCTION gate_elevation_grant(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_by uuid := (p ->> 'by')::uuid;
  v_asked elevation;
  v_base boundary_version;
  v_ceiling jsonb;
BEGIN
  SELECT * INTO v_asked FROM elevation WHERE id = (p ->> 'id')::uuid FOR UPDATE;
  IF v_asked.id IS NULL THEN RETURN jsonb_build_object('refused', 'not_found'); END IF;
  IF v_asked.granted_at IS NOT NULL THEN RETURN jsonb_build_object('refused', 'already_decided'); END IF;
  SELECT * INTO v_base FROM boundary_version b WHERE b.agent_id = v_asked.agent_id AND b.status = 'signed' ORDER BY b.version DESC LIMIT 1;
  v_ceiling := v_base.document -> 'elevation';
  IF v_ceiling IS NULL OR v_base.lapses_at <= clock_timestamp() THEN RETURN jsonb_build_object('refused', 'above_ceiling'); END IF;
  IF NOT (v_ceiling -> 'mcp_scopes') @> v_asked.mcp_scopes
    OR v_asked.length_seconds * 1000::numeric > (v_ceiling ->> 'longest')::numeric
    OR EXISTS (SELECT unnest(v_asked.tools) EXCEPT SELECT one ->> 'tool' FROM jsonb_array_elements(v_ceiling -> 'tools') AS one)
  THEN RETURN jsonb_build_object('refused', 'above_ceiling'); END IF;
  IF NOT EXISTS (
    SELECT FROM approval q
      JOIN verdict v ON v.approval_id = q.id AND v.answer = 'approve' AND v.person_id = v_by AND v.digest = v_asked.digest
      JOIN person s ON s.id = v.person_id AND s.deactivated_at IS NULL
      JOIN agent a ON a.id = v_asked.agent_id
      LEFT JOIN team t ON t.id = s.team_id
     WHERE q.kind = 'elevation' AND q.subject_id = v_asked.id AND q.status = 'approved' AND q.digest = v_asked.digest
       -- who agreed an hour ago agreed with another situation
       AND q.closed_at > clock_timestamp() - interval '1 hour'
       AND s.id <> v_asked.requested_by AND s.id <> a.owner_id AND NOT s.roles && ARRAY['administrator', 'auditor']
       AND ((v_ceiling -> 'granted_by') ?| s.roles OR (v_ceiling -> 'granted_by') ?| ARRAY[lower(s.email), 'team:' || t.name]
         OR (v_ceiling -> 'granted_by') ? 'on_call' AND EXISTS (SELECT FROM on_call_shift c
           WHERE c.person_id = s.id AND c.starts_at <= clock_timestamp() AND (c.ends_at IS NULL OR c.ends_at > clock_timestamp()))))
  THEN RETURN jsonb_build_object('refused', 'separation_of_duties'); END IF;
  UPDATE elevation SET granted_by = v_by, granted_at = clock_timestamp(), boundary_id = v_base.id,
      ends_at = clock_timestamp() + v_asked.length_seconds * interval '1 second'
    WHERE id = v_asked.id;
  RETURN NULL;
END $$;

-- Ends one: by a person before its time, or (`by` null) in the record once its time is over. evaluate() compares the end itself, so that
-- nothing rests on this having run.
--   p  {id, by, reason}
CREATE FUNCTION gate_elevation_end(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_by uuid := (p ->> 'by')::uuid;
  v_found elevation;
BEGIN
  SELECT * INTO v_found FROM elevation WHERE id = (p ->> 'id')::uuid FOR UPDATE;
  IF v_found.id IS NULL THEN RETURN jsonb_build_object('refused', 'not_found'); END IF;
  IF v_found.granted_at IS NULL OR v_found.ended_at IS NOT NULL THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  IF v_by IS NULL AND v_found.ends_at > clock_timestamp() THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  IF v_by IS NOT NULL AND NOT EXISTS (
    SELECT FROM person s JOIN agent a ON a.id = v_found.agent_id
     WHERE s.id = v_by AND s.deactivated_at IS NULL AND NOT 'auditor' = ANY (s.roles)
       AND (s.roles && ARRAY['ciso', 'analyst'] OR s.id IN (a.owner_id, v_found.requested_by, v_found.granted_by) OR EXISTS (SELECT FROM on_call_shift c
         WHERE c.person_id = s.id AND c.starts_at <= clock_timestamp() AND (c.ends_at IS NULL OR c.ends_at > clock_timestamp()))))
  THEN RETURN jsonb_build_object('refused', 'not_permitted'); END IF;
  UPDATE elevation SET ended_at = least(clock_timestamp(), ends_at), ended_by = v_by, end_reason = coalesce(p ->> 'reason', '') WHERE id = v_found.id;
  -- What was allowed under it and has not begun dies with it. At its own end nothing is left: those grants were given no longer than that.
  IF v_by IS NOT NULL THEN UPDATE agent SET revoked_epoch = p_epoch WHERE id = v_found.agent_id; END IF;
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION gate_elevation_grant(jsonb, bigint), gate_elevation_end(jsonb, bigint) FROM PUBLIC;
DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT ON "elevation" TO %I', app);
  EXECUTE format('GRANT INSERT ("id", "agent_id", "mcp_scopes", "tools", "length_seconds", "reason", "digest", "requested_by", "requested_at") ON "elevation" TO %I', app);
END $$;
