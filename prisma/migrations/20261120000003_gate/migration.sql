-- The gate (DESIGN §4): the one door for every change that can alter a decision.
--
-- decide() holds lock K shared while it compares the epoch its facts were loaded under with gate.epoch; gate_apply() holds K
-- alone while it moves the epoch. So once gate_apply() has returned, no decision made on older facts can commit: it either
-- committed before K was taken, or finds another epoch and evaluates again. Measured alternatives: FOR SHARE on the gate row
-- starves a halt for up to 37 s; taking the lock and reading in one statement reads the snapshot from before the lock.

-- K. Advisory locks are per database, and this is the only key this schema uses ("COUN" in ASCII).
CREATE FUNCTION gate_key() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1129272654::bigint';

-- Takes K alone and moves the epoch. For gate_apply() only.
CREATE FUNCTION gate_advance() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_epoch bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the gate needs read committed' USING ERRCODE = '25001';
  END IF;
  -- holders are calls of milliseconds; one that keeps K for a second is stuck, and lib/db/gate.ts ends it
  PERFORM set_config('lock_timeout', '1000', true);
  PERFORM pg_advisory_xact_lock(gate_key());
  -- a statement of its own: its snapshot is from after the lock
  UPDATE gate SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch INTO v_epoch;
  RETURN v_epoch;
END $$;

-- Applies one change of a closed list: the row, the epoch and the ledger entry, in one autocommit call.
--   p_change   what is done, noun.verb as below
--   p          its arguments
--   p_entry    the prepared ledger entry: {id, envelope, ...} as ledger.append() takes them
-- Answers {"applied": true, "epoch": n} or, having changed nothing, {"applied": false, "refused": code}, where code is one of
-- lib/core/fault.ts. SECURITY DEFINER: the app login has no other way to these columns.
CREATE FUNCTION gate_apply(p_change text, p jsonb, p_entry_id uuid, p_envelope bytea, p_subject uuid, p_ciphertext bytea, p_projection jsonb)
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

REVOKE ALL ON FUNCTION gate_advance() FROM PUBLIC;
DO $$
DECLARE app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('REVOKE ALL ON FUNCTION gate_apply(text, jsonb, uuid, bytea, uuid, bytea, jsonb) FROM PUBLIC');
  EXECUTE format('GRANT EXECUTE ON FUNCTION gate_apply(text, jsonb, uuid, bytea, uuid, bytea, jsonb) TO %I', app);
END $$;
