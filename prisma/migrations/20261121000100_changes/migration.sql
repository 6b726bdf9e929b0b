-- One function for each change that can alter a decision, so that a new one is added without copying the others. Each is given the change
-- and the epoch it moves the gate to, and answers null where it was applied, else `{refused, id?}`: gate_apply() then says so, and neither
-- an entry nor a notification is written. None of them can be called but from here.

CREATE FUNCTION gate_halt_engage(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v_count integer;
  v_text text;
BEGIN
  -- Engaging twice is no error for somebody in a hurry: the first one stands, and the answer says which it is.
  SELECT id::text INTO v_text FROM halt WHERE scope = p ->> 'scope' AND target = coalesce(p ->> 'target', '') AND lifted_at IS NULL;
  IF FOUND THEN RETURN jsonb_build_object('refused', 'already_exists', 'id', v_text); END IF;
  INSERT INTO halt (id, scope, target, reason, engaged_by, epoch, until)
    VALUES (v_id, p ->> 'scope', coalesce(p ->> 'target', ''), coalesce(p ->> 'reason', ''), v_by, p_epoch, (p ->> 'until')::timestamptz);
  IF p ->> 'scope' = 'agent' THEN
    UPDATE agent SET revoked_epoch = p_epoch WHERE id = (p ->> 'target')::uuid;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count = 0 THEN RAISE EXCEPTION 'halt of an unknown agent' USING ERRCODE = 'P0002'; END IF;
  ELSE
    -- wider than one agent: every unused grant of the organisation dies. Too many is the safe side; they live seconds.
    UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_halt_lift(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_count integer;
BEGIN
  -- C34: two people, one of whom did not engage it. Held here, not only in the rule.
  SELECT count(DISTINCT v.person_id) INTO v_count
    FROM approval a JOIN verdict v ON v.approval_id = a.id AND v.answer = 'approve' JOIN person x ON x.id = v.person_id AND x.deactivated_at IS NULL
    WHERE a.kind = 'halt_lift' AND a.subject_id = v_id AND a.status = 'approved';
  IF v_count < 2 OR NOT EXISTS (
    SELECT 1 FROM approval a JOIN verdict v ON v.approval_id = a.id AND v.answer = 'approve' JOIN halt h ON h.id = a.subject_id
    WHERE a.kind = 'halt_lift' AND a.subject_id = v_id AND a.status = 'approved' AND v.person_id IS DISTINCT FROM h.engaged_by)
  THEN RETURN jsonb_build_object('refused', 'separation_of_duties'); END IF;
  UPDATE halt SET lifted_at = clock_timestamp(), lift_reason = p ->> 'reason' WHERE id = v_id AND lifted_at IS NULL;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_agent_state(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
BEGIN
  UPDATE agent SET state = p ->> 'to', state_reason = coalesce(p ->> 'reason', ''), state_at = clock_timestamp(),
      revoked_epoch = CASE WHEN p ->> 'to' = 'active' THEN revoked_epoch ELSE p_epoch END
    WHERE id = v_id AND state = p ->> 'from';
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  IF p ->> 'to' = 'retired' THEN
    UPDATE credential SET revoked_at = clock_timestamp() WHERE agent_id = v_id AND revoked_at IS NULL;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_agent_edit(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
BEGIN
  UPDATE agent SET owner_id = coalesce((p ->> 'owner_id')::uuid, owner_id), team_id = coalesce((p ->> 'team_id')::uuid, team_id),
      environment = coalesce(p ->> 'environment', environment), review_date = coalesce((p ->> 'review_date')::date, review_date),
      purpose = coalesce(p ->> 'purpose', purpose)
    WHERE id = v_id AND state <> 'retired';
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_credential_rotate(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
BEGIN
  -- the old secret's end; the new one was inserted before, so that the two overlap
  UPDATE credential SET expires_at = (p ->> 'expires_at')::timestamptz
    WHERE id = v_id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > (p ->> 'expires_at')::timestamptz);
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_credential_revoke(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_agent uuid;
BEGIN
  UPDATE credential SET revoked_at = clock_timestamp() WHERE id = v_id AND revoked_at IS NULL RETURNING agent_id INTO v_agent;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  UPDATE agent SET revoked_epoch = p_epoch WHERE id = v_agent;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_boundary_sign(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v_agent uuid;
  v_text text;
BEGIN
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
    RETURN jsonb_build_object('refused', coalesce(v_text, 'not_found'));
  END IF;
  -- grants given under the version before die: whether the new one is narrower is then no question of timing
  IF v_agent IS NULL THEN UPDATE gate SET revoked_epoch = p_epoch WHERE id = 1;
  ELSE UPDATE agent SET revoked_epoch = p_epoch WHERE id = v_agent; END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_boundary_close(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
BEGIN
  UPDATE boundary_version SET status = p ->> 'to', closed_by = v_by, closed_at = clock_timestamp(), closed_reason = p ->> 'reason'
    WHERE id = v_id AND status = 'draft' AND p ->> 'to' IN ('returned', 'withdrawn');
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_tool_confirm(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
BEGIN
  UPDATE tool SET access = p ->> 'access', reversible = (p ->> 'reversible')::boolean, audience = p ->> 'audience',
      production = (p ->> 'production')::boolean, spends = (p ->> 'spends')::boolean, schema = coalesce(p -> 'schema', schema),
      confirmed_by = v_by, confirmed_at = clock_timestamp()
    WHERE id = v_id;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'not_found'); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_resource_protect(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v_count integer;
  v_text text;
BEGIN
  -- Facts hold every one of them in memory, and each proposal is compared with them.
  SELECT count(*) INTO v_count FROM protected_resource WHERE unmarked_at IS NULL;
  IF v_count >= 2000 THEN RETURN jsonb_build_object('refused', 'conflict'); END IF;
  SELECT id::text INTO v_text FROM protected_resource WHERE lower(type) = lower(p ->> 'type') AND key = p ->> 'key' AND unmarked_at IS NULL;
  IF FOUND THEN RETURN jsonb_build_object('refused', 'already_exists', 'id', v_text); END IF;
  INSERT INTO protected_resource (id, type, name, key, title, kind, owner_id, reporter_id, content_at, adopted_digest, marked_by)
    VALUES (v_id, p ->> 'type', p ->> 'name', p ->> 'key', p ->> 'title', p ->> 'kind', (p ->> 'owner_id')::uuid,
      (p ->> 'reporter_id')::uuid, p ->> 'content_at', decode(p ->> 'adopted_digest', 'hex'), v_by);
  RETURN NULL;
END $$;

CREATE FUNCTION gate_resource_unprotect(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
  v_text text;
BEGIN
  -- taking a protection away widens what agents may do: a ciso as of now, and never the one who answers for the resource
  UPDATE protected_resource r SET unmarked_at = clock_timestamp(), unmarked_by = v_by, unmark_reason = p ->> 'reason'
    WHERE r.id = v_id AND r.unmarked_at IS NULL AND r.owner_id <> v_by
      AND EXISTS (SELECT 1 FROM person s WHERE s.id = v_by AND s.deactivated_at IS NULL AND 'ciso' = ANY (s.roles));
  IF NOT FOUND THEN
    SELECT CASE WHEN r.unmarked_at IS NOT NULL THEN 'wrong_state' WHEN r.owner_id = v_by THEN 'separation_of_duties' ELSE 'not_permitted' END
      INTO v_text FROM protected_resource r WHERE r.id = v_id;
    RETURN jsonb_build_object('refused', coalesce(v_text, 'not_found'));
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION gate_person_deactivate(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
  v_by uuid := (p ->> 'by')::uuid;
BEGIN
  UPDATE person SET deactivated_at = clock_timestamp(), deactivated_by = v_by WHERE id = v_id AND deactivated_at IS NULL;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  UPDATE session SET revoked_at = clock_timestamp() WHERE person_id = v_id AND revoked_at IS NULL;
  UPDATE api_token SET revoked_at = clock_timestamp() WHERE person_id = v_id AND revoked_at IS NULL;
  UPDATE on_call_shift SET ends_at = clock_timestamp()
    WHERE person_id = v_id AND starts_at < clock_timestamp() AND (ends_at IS NULL OR ends_at > clock_timestamp());
  RETURN NULL;
END $$;

CREATE FUNCTION gate_person_reactivate(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
BEGIN
  UPDATE person SET deactivated_at = NULL, deactivated_by = NULL WHERE id = v_id AND deactivated_at IS NOT NULL;
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;

-- gate_apply() as `20261120000003_gate` explains it: what a change does is now its own function's.
CREATE OR REPLACE FUNCTION gate_apply(p_change text, p jsonb, p_entry_id uuid, p_envelope bytea, p_subject uuid, p_ciphertext bytea, p_projection jsonb)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_epoch bigint := gate_advance();
  v_change text := 'public.gate_' || replace(p_change, '.', '_');
  v_refused jsonb;
BEGIN
  -- The name is a change's only if it has exactly this shape and such a function is there: nothing else of a name is ever run.
  IF p_change !~ '^[a-z]+\.[a-z_]+$' OR to_regprocedure(v_change || '(jsonb, bigint)') IS NULL THEN
    RAISE EXCEPTION 'gate_apply: no change is called %', p_change USING ERRCODE = '22023';
  END IF;
  EXECUTE 'SELECT ' || v_change || '($1, $2)' INTO v_refused USING p, v_epoch;
  IF v_refused IS NOT NULL THEN RETURN v_refused || '{"applied": false}'; END IF;
  PERFORM ledger.append(p_entry_id, p_envelope, p_subject, p_ciphertext, p_projection);
  PERFORM pg_notify('gate', json_build_object('change', p_change, 'id', p ->> 'id', 'epoch', v_epoch)::text);
  RETURN jsonb_build_object('applied', true, 'epoch', v_epoch, 'id', p ->> 'id');
END $$;

REVOKE ALL ON FUNCTION gate_halt_engage(jsonb, bigint),
  gate_halt_lift(jsonb, bigint),
  gate_agent_state(jsonb, bigint),
  gate_agent_edit(jsonb, bigint),
  gate_credential_rotate(jsonb, bigint),
  gate_credential_revoke(jsonb, bigint),
  gate_boundary_sign(jsonb, bigint),
  gate_boundary_close(jsonb, bigint),
  gate_tool_confirm(jsonb, bigint),
  gate_resource_protect(jsonb, bigint),
  gate_resource_unprotect(jsonb, bigint),
  gate_person_deactivate(jsonb, bigint),
  gate_person_reactivate(jsonb, bigint) FROM PUBLIC;
