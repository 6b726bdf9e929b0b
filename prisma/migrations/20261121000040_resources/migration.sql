-- Resources a person has marked as protected (C21): a detection rule, a production config. Marking decides what agents may do, so
-- it goes through the gate (ADR 0012); what is reported of a resource afterwards decides nothing, and is only inserted.
CREATE TABLE "protected_resource" (
  "id" UUID PRIMARY KEY,
  -- as agents and systems name it
  "type" TEXT NOT NULL CHECK (length("type") BETWEEN 1 AND 128),
  "name" TEXT NOT NULL CHECK (length("name") BETWEEN 1 AND 512),
  -- the name folded (lib/resources/resource.ts), so that another spelling of it is not another resource
  "key" TEXT NOT NULL CHECK ("key" <> ''),
  "title" TEXT NOT NULL CHECK (btrim("title") <> ''),
  "kind" TEXT NOT NULL CHECK ("kind" IN ('detection_rule', 'production_config', 'other')),
  "owner_id" UUID NOT NULL REFERENCES "person"("id"),
  -- the one agent whose reports of firings and versions count
  "reporter_id" UUID REFERENCES "agent"("id"),
  -- the argument of an action that holds the new content
  "content_at" TEXT NOT NULL CHECK ("content_at" ~ '^[A-Za-z0-9_.-]{1,64}$'),
  -- what was in force when it was marked, as the person who marked it said
  "adopted_digest" BYTEA CHECK (octet_length("adopted_digest") = 32),
  "marked_by" UUID NOT NULL REFERENCES "person"("id"),
  "marked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  "unmarked_by" UUID REFERENCES "person"("id"),
  "unmarked_at" TIMESTAMPTZ(3),
  "unmark_reason" TEXT,
  CONSTRAINT "protected_resource_unmarked_by_somebody" CHECK (("unmarked_at" IS NULL) = ("unmarked_by" IS NULL))
);
CREATE UNIQUE INDEX "protected_resource_in_force" ON "protected_resource" (lower("type"), "key") WHERE "unmarked_at" IS NULL;

-- Which version is in force, as the reporter says. The id is the entry's.
CREATE TABLE "resource_version" (
  "id" UUID PRIMARY KEY,
  "resource_id" UUID NOT NULL REFERENCES "protected_resource"("id"),
  "digest" BYTEA NOT NULL CHECK (octet_length("digest") = 32),
  "reporter_id" UUID NOT NULL REFERENCES "agent"("id"),
  "reported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "resource_version_newest" ON "resource_version" ("resource_id", "id");

-- When it fired. The id is the entry's; one event of the reporter's counts once, whatever is sent again.
CREATE TABLE "resource_firing" (
  "id" UUID PRIMARY KEY,
  "resource_id" UUID NOT NULL REFERENCES "protected_resource"("id"),
  "reporter_id" UUID NOT NULL REFERENCES "agent"("id"),
  "event_hash" BYTEA NOT NULL CHECK (octet_length("event_hash") = 32),
  "body_hash" BYTEA NOT NULL CHECK (octet_length("body_hash") = 32),
  "fired_at" TIMESTAMPTZ(3) NOT NULL,
  "count" INTEGER NOT NULL CHECK ("count" BETWEEN 1 AND 1000000),
  "reported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  UNIQUE ("resource_id", "reporter_id", "event_hash")
);
CREATE INDEX "resource_firing_when" ON "resource_firing" ("resource_id", "fired_at");

-- The protected resource an entry is about, out of its bytes, which hold no words of an agent and hence no such text elsewhere.
-- Null for every other entry, at the price of one search in some 600 bytes.
CREATE FUNCTION ledger.resource_of(envelope bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT CASE WHEN position('"resource":"'::bytea IN envelope) > 0
    THEN encode(substring(envelope FROM position('"resource":"'::bytea IN envelope) + 12 FOR 36), 'escape') END
$$;
CREATE INDEX entry_resource ON ledger.entry (ledger.resource_of(envelope), id) WHERE position('"resource":"'::bytea IN envelope) > 0;

DO $$
DECLARE
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
  jobs text := coalesce(nullif(current_setting('countersign.role_jobs', true), ''), current_database() || '_jobs');
BEGIN
  EXECUTE format('REVOKE ALL ON FUNCTION ledger.resource_of(bytea) FROM PUBLIC');
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.resource_of(bytea) TO %I, %I', app, jobs);
  EXECUTE format('GRANT SELECT ON "protected_resource", "resource_version", "resource_firing" TO %I', app);
  -- what it is called and who answers for it; whether it is protected is the gate's
  EXECUTE format('GRANT UPDATE ("title", "kind", "owner_id", "reporter_id", "content_at") ON "protected_resource" TO %I', app);
  EXECUTE format('GRANT INSERT ON "resource_version", "resource_firing" TO %I', app);
END $$;

-- gate_apply() as `20261120000003_gate` explains it, with `resource.protect` and `resource.unprotect`.
CREATE OR REPLACE FUNCTION gate_apply(p_change text, p jsonb, p_entry_id uuid, p_envelope bytea, p_subject uuid, p_ciphertext bytea, p_projection jsonb)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_epoch bigint := gate_advance();
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v_count integer;
  v_agent uuid;
  v_text text;
BEGIN
  CASE p_change

  WHEN 'halt.engage' THEN
    -- Engaging twice is no error for somebody in a hurry: the first one stands, and the answer says which it is.
    SELECT id::text INTO v_text FROM halt WHERE scope = p ->> 'scope' AND target = coalesce(p ->> 'target', '') AND lifted_at IS NULL;
    IF FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'already_exists', 'id', v_text); END IF;
    INSERT INTO halt (id, scope, target, reason, engaged_by, epoch, until)
      VALUES (v_id, p ->> 'scope', coalesce(p ->> 'target', ''), coalesce(p ->> 'reason', ''), v_by, v_epoch, (p ->> 'until')::timestamptz);
    IF p ->> 'scope' = 'agent' THEN
      UPDATE agent SET revoked_epoch = v_epoch WHERE id = (p ->> 'target')::uuid;
      GET DIAGNOSTICS v_count = ROW_COUNT;
      IF v_count = 0 THEN RAISE EXCEPTION 'halt of an unknown agent' USING ERRCODE = 'P0002'; END IF;
    ELSE
      -- wider than one agent: every unused grant of the organisation dies. Too many is the safe side; they live seconds.
      UPDATE gate SET revoked_epoch = v_epoch WHERE id = 1;
    END IF;

  WHEN 'halt.lift' THEN
    -- C34: two people, one of whom did not engage it. Held here, not only in the rule.
    SELECT count(DISTINCT v.person_id) INTO v_count
      FROM approval a JOIN verdict v ON v.approval_id = a.id AND v.answer = 'approve' JOIN person x ON x.id = v.person_id AND x.deactivated_at IS NULL
      WHERE a.kind = 'halt_lift' AND a.subject_id = v_id AND a.status = 'approved';
    IF v_count < 2 OR NOT EXISTS (
      SELECT 1 FROM approval a JOIN verdict v ON v.approval_id = a.id AND v.answer = 'approve' JOIN halt h ON h.id = a.subject_id
      WHERE a.kind = 'halt_lift' AND a.subject_id = v_id AND a.status = 'approved' AND v.person_id IS DISTINCT FROM h.engaged_by)
    THEN RETURN jsonb_build_object('applied', false, 'refused', 'separation_of_duties'); END IF;
    UPDATE halt SET lifted_at = clock_timestamp(), lift_reason = p ->> 'reason' WHERE id = v_id AND lifted_at IS NULL;
    IF NOT FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'wrong_state'); END IF;

  WHEN 'agent.state' THEN
    UPDATE agent SET state = p ->> 'to', state_reason = coalesce(p ->> 'reason', ''), state_at = clock_timestamp(),
        revoked_epoch = CASE WHEN p ->> 'to' = 'active' THEN revoked_epoch ELSE v_epoch END
      WHERE id = v_id AND state = p ->> 'from';
    IF NOT FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'wrong_state'); END IF;
    IF p ->> 'to' = 'retired' THEN
      UPDATE credential SET revoked_at = clock_timestamp() WHERE agent_id = v_id AND revoked_at IS NULL;
    END IF;

  WHEN 'agent.edit' THEN
    UPDATE agent SET owner_id = coalesce((p ->> 'owner_id')::uuid, owner_id), team_id = coalesce((p ->> 'team_id')::uuid, team_id),
        environment = coalesce(p ->> 'environment', environment), review_date = coalesce((p ->> 'review_date')::date, review_date),
        purpose = coalesce(p ->> 'purpose', purpose)
      WHERE id = v_id AND state <> 'retired';
    IF NOT FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'wrong_state'); END IF;

  WHEN 'credential.rotate' THEN
    -- the old secret's end; the new one was inserted before, so that the two overlap
    UPDATE credential SET expires_at = (p ->> 'expires_at')::timestamptz
      WHERE id = v_id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > (p ->> 'expires_at')::timestamptz);
    IF NOT FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'wrong_state'); END IF;

  WHEN 'credential.revoke' THEN
    UPDATE credential SET revoked_at = clock_timestamp() WHERE id = v_id AND revoked_at IS NULL RETURNING agent_id INTO v_agent;
    IF NOT FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'wrong_state'); END IF;
    UPDATE agent SET revoked_epoch = v_epoch WHERE id = v_agent;

  WHEN 'boundary.sign' THEN
    UPDATE boundary_version b SET status = 'signed', signed_by = v_by, signed_at = clock_timestamp(), statement = p ->> 'statement',
        lapses_at = (p ->> 'lapses_at')::timestamptz
      WHERE b.id = v_id AND b.status = 'draft' AND b.digest = decode(p ->> 'digest', 'hex') AND b.drafted_by <> v_by
        -- a ciso as of now, not as of when the page was opened (C15)
        AND EXISTS (SELECT 1 FROM person s WHERE s.id = v_by AND s.deactivated_at IS NULL AND 'ciso' = ANY (s.roles))
      RETURNING b.agent_id INTO v_agent;
    IF NOT FOUND THEN
      SELECT CASE WHEN b.drafted_by = v_by THEN 'separation_of_duties' WHEN b.status <> 'draft' THEN 'already_decided'
          WHEN b.digest <> decode(p ->> 'digest', 'hex') THEN 'digest_mismatch' ELSE 'not_permitted' END
        INTO v_text FROM boundary_version b WHERE b.id = v_id;
      RETURN jsonb_build_object('applied', false, 'refused', coalesce(v_text, 'not_found'));
    END IF;
    -- grants given under the version before die: whether the new one is narrower is then no question of timing
    IF v_agent IS NULL THEN UPDATE gate SET revoked_epoch = v_epoch WHERE id = 1;
    ELSE UPDATE agent SET revoked_epoch = v_epoch WHERE id = v_agent; END IF;

  WHEN 'boundary.close' THEN
    UPDATE boundary_version SET status = p ->> 'to', closed_by = v_by, closed_at = clock_timestamp(), closed_reason = p ->> 'reason'
      WHERE id = v_id AND status = 'draft' AND p ->> 'to' IN ('returned', 'withdrawn');
    IF NOT FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'wrong_state'); END IF;

  WHEN 'tool.confirm' THEN
    UPDATE tool SET access = p ->> 'access', reversible = (p ->> 'reversible')::boolean, audience = p ->> 'audience',
        production = (p ->> 'production')::boolean, spends = (p ->> 'spends')::boolean, schema = coalesce(p -> 'schema', schema),
        confirmed_by = v_by, confirmed_at = clock_timestamp()
      WHERE id = v_id;
    IF NOT FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'not_found'); END IF;

  WHEN 'resource.protect' THEN
    -- Facts hold every one of them in memory, and each proposal is compared with them.
    SELECT count(*) INTO v_count FROM protected_resource WHERE unmarked_at IS NULL;
    IF v_count >= 2000 THEN RETURN jsonb_build_object('applied', false, 'refused', 'conflict'); END IF;
    SELECT id::text INTO v_text FROM protected_resource WHERE lower(type) = lower(p ->> 'type') AND key = p ->> 'key' AND unmarked_at IS NULL;
    IF FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'already_exists', 'id', v_text); END IF;
    INSERT INTO protected_resource (id, type, name, key, title, kind, owner_id, reporter_id, content_at, adopted_digest, marked_by)
      VALUES (v_id, p ->> 'type', p ->> 'name', p ->> 'key', p ->> 'title', p ->> 'kind', (p ->> 'owner_id')::uuid,
        (p ->> 'reporter_id')::uuid, p ->> 'content_at', decode(p ->> 'adopted_digest', 'hex'), v_by);

  WHEN 'resource.unprotect' THEN
    -- taking a protection away widens what agents may do: a ciso as of now, and never the one who answers for the resource
    UPDATE protected_resource r SET unmarked_at = clock_timestamp(), unmarked_by = v_by, unmark_reason = p ->> 'reason'
      WHERE r.id = v_id AND r.unmarked_at IS NULL AND r.owner_id <> v_by
        AND EXISTS (SELECT 1 FROM person s WHERE s.id = v_by AND s.deactivated_at IS NULL AND 'ciso' = ANY (s.roles));
    IF NOT FOUND THEN
      SELECT CASE WHEN r.unmarked_at IS NOT NULL THEN 'wrong_state' WHEN r.owner_id = v_by THEN 'separation_of_duties' ELSE 'not_permitted' END
        INTO v_text FROM protected_resource r WHERE r.id = v_id;
      RETURN jsonb_build_object('applied', false, 'refused', coalesce(v_text, 'not_found'));
    END IF;

  WHEN 'person.deactivate' THEN
    UPDATE person SET deactivated_at = clock_timestamp(), deactivated_by = v_by WHERE id = v_id AND deactivated_at IS NULL;
    IF NOT FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'wrong_state'); END IF;
    UPDATE session SET revoked_at = clock_timestamp() WHERE person_id = v_id AND revoked_at IS NULL;
    UPDATE api_token SET revoked_at = clock_timestamp() WHERE person_id = v_id AND revoked_at IS NULL;
    UPDATE on_call_shift SET ends_at = clock_timestamp()
      WHERE person_id = v_id AND starts_at < clock_timestamp() AND (ends_at IS NULL OR ends_at > clock_timestamp());

  WHEN 'person.reactivate' THEN
    UPDATE person SET deactivated_at = NULL, deactivated_by = NULL WHERE id = v_id AND deactivated_at IS NOT NULL;
    IF NOT FOUND THEN RETURN jsonb_build_object('applied', false, 'refused', 'wrong_state'); END IF;

  ELSE
    RAISE EXCEPTION 'gate_apply: no change is called %', p_change USING ERRCODE = '22023';
  END CASE;

  PERFORM ledger.append(p_entry_id, p_envelope, p_subject, p_ciphertext, p_projection);
  PERFORM pg_notify('gate', json_build_object('change', p_change, 'id', v_id, 'epoch', v_epoch)::text);
  RETURN jsonb_build_object('applied', true, 'epoch', v_epoch, 'id', v_id);
END $$;
