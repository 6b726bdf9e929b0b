-- As `20261121000320_claims_within_limits` explains it, and now: the grant of an approved action is given again, in place of one that got lost, only until
-- that one ends. After that what it was for may have been done, by somebody who said nothing since, and it takes another approval.
CREATE OR REPLACE FUNCTION grant_give(
  p_now timestamptz, p_action uuid, p_agent uuid, p_epoch bigint, p_boundary uuid, p_clean boolean, p_grant bytea, p_ends timestamptz, p_entry uuid, p_envelope bytea,
  p_cap_windows text[], p_cap_amounts bigint[], p_caps bigint[]
) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_action action%ROWTYPE; v_refusal text; v_approved boolean; v_starts jsonb; v_beyond text;
BEGIN
  IF abs(extract(epoch FROM clock_timestamp() - p_now)) > 2 THEN
    RAISE EXCEPTION 'the clocks of the server and the database differ' USING ERRCODE = 'CS001';
  END IF;
  PERFORM gate_enter();
  IF p_epoch IS DISTINCT FROM (SELECT epoch FROM gate WHERE id = 1) THEN RETURN 'moved'; END IF;
  SELECT * INTO v_action FROM action WHERE id = p_action AND agent_id = p_agent FOR UPDATE;
  IF NOT FOUND THEN RETURN 'not_found'; END IF;
  IF v_action.status NOT IN ('allowed', 'approved') OR v_action.grant_used_at IS NOT NULL THEN RETURN v_action.status; END IF;
  -- given before, and nobody said what came of it: it may have been done, and an approval is for once
  IF v_action.status = 'approved' AND v_action.grant_hash IS NOT NULL AND v_action.grant_expires_at <= clock_timestamp() THEN RETURN 'ended'; END IF;
  IF p_clean AND (EXISTS (SELECT 1 FROM run r WHERE r.id = v_action.run_id AND r.tainted_at IS NOT NULL) OR
    (v_action.run_id IS NULL AND EXISTS (SELECT 1 FROM agent g WHERE g.id = p_agent AND g.tainted_until > clock_timestamp()))) THEN RETURN 'tainted'; END IF;
  IF v_action.run_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM run r WHERE r.id = v_action.run_id AND r.closed_at IS NULL AND r.lease_until > clock_timestamp()) THEN RETURN 'run_ended'; END IF;
  IF v_action.status = 'allowed' THEN
    v_refusal := grant_refusal(p_action);
    IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;
    UPDATE action SET grant_hash = p_grant WHERE id = p_action;
  ELSE
    SELECT status = 'approved' INTO v_approved FROM approval WHERE id = v_action.approval_id FOR SHARE;
    IF v_approved IS NOT TRUE THEN RETURN 'superseded'; END IF;
    -- stopped since the verdict, even if it was lifted again: the caller looks anew, and finds that it takes a fresh look
    IF v_action.epoch < (SELECT greatest(e.revoked_epoch, g.revoked_epoch, (SELECT r.revoked_epoch FROM run r WHERE r.id = v_action.run_id)) FROM gate e, agent g WHERE g.id = p_agent) THEN RETURN 'moved'; END IF;
    IF v_action.grant_hash IS NULL AND cardinality(p_cap_windows) > 0 THEN
      v_starts := limit_starts();
      -- the rows first, so that they are locked, in the order in which `decide` locks them
      INSERT INTO counter AS k (agent_id, "window", starts_at, used)
        SELECT p_agent, c.win, (v_starts ->> substring(c.win from '[a-z]+$'))::timestamptz, 0 FROM unnest(p_cap_windows) AS c(win) ORDER BY 2, 3
        ON CONFLICT (agent_id, "window", starts_at) DO UPDATE SET used = k.used;
      SELECT c.win INTO v_beyond FROM unnest(p_cap_windows, p_cap_amounts, p_caps) AS c(win, amount, cap)
        JOIN counter k ON k.agent_id = p_agent AND k."window" = c.win AND k.starts_at = (v_starts ->> substring(c.win from '[a-z]+$'))::timestamptz
       WHERE k.used + c.amount > c.cap LIMIT 1;
      IF v_beyond IS NOT NULL THEN RETURN 'limited'; END IF;
      UPDATE counter k SET used = k.used + c.amount FROM unnest(p_cap_windows, p_cap_amounts) AS c(win, amount)
       WHERE k.agent_id = p_agent AND k."window" = c.win AND k.starts_at = (v_starts ->> substring(c.win from '[a-z]+$'))::timestamptz;
    END IF;
    -- a grant that takes the place of one that got lost ends when that one would have
    UPDATE action SET grant_hash = p_grant, grant_expires_at = CASE WHEN grant_hash IS NULL THEN p_ends ELSE grant_expires_at END, epoch = p_epoch, boundary_id = p_boundary
      WHERE id = p_action;
  END IF;
  PERFORM ledger.append(p_entry, p_envelope, NULL::uuid, NULL::bytea, NULL::jsonb);
  RETURN 'granted';
END $$;
