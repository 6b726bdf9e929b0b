-- Two people agreed to a lift, or to a stage of it, and the gate has not heard of it yet: whoever says no then ends it under lock K, so that either it
-- was lifted before, or it never is by that agreement (C34, ADR 0042).
CREATE FUNCTION gate_halt_keep(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_approval uuid := (p ->> 'approval')::uuid;
BEGIN
  UPDATE approval a SET status = 'superseded', closed_at = coalesce(a.closed_at, clock_timestamp()) FROM halt h
    WHERE a.id = v_approval AND a.kind = 'halt_lift' AND a.status = 'approved' AND h.id = (p ->> 'id')::uuid AND a.subject_id = h.id AND h.lifted_at IS NULL
      AND NOT EXISTS (SELECT FROM halt_stage s WHERE s.approval_id = a.id);
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  PERFORM pg_notify('approvals', v_approval::text);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_halt_keep(jsonb, bigint) FROM PUBLIC;
