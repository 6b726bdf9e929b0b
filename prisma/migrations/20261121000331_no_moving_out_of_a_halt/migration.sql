-- An agent does not leave a halt by being moved: its team and its environment stay what they are while a halt of either stops it, since one person
-- edits an agent and two lift a halt (C34). Whom a stage of the lift let go may move. Otherwise as `20261121000100_changes` has it.
CREATE OR REPLACE FUNCTION gate_agent_edit(p jsonb, p_epoch bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := (p ->> 'id')::uuid;
BEGIN
  IF EXISTS (
    SELECT FROM agent a JOIN halt h ON h.lifted_at IS NULL AND NOT (a.id = ANY (h.released))
    WHERE a.id = v_id AND (h.scope = 'team' AND h.target = a.team_id::text AND a.team_id <> (p ->> 'team_id')::uuid
      OR h.scope = 'environment' AND h.target = a.environment AND a.environment <> p ->> 'environment'))
  THEN RETURN jsonb_build_object('refused', 'frozen'); END IF;
  UPDATE agent SET owner_id = coalesce((p ->> 'owner_id')::uuid, owner_id), team_id = coalesce((p ->> 'team_id')::uuid, team_id),
      environment = coalesce(p ->> 'environment', environment), review_date = coalesce((p ->> 'review_date')::date, review_date),
      purpose = coalesce(p ->> 'purpose', purpose)
    WHERE id = v_id AND state <> 'retired';
  IF NOT FOUND THEN RETURN jsonb_build_object('refused', 'wrong_state'); END IF;
  RETURN NULL;
END $$;
