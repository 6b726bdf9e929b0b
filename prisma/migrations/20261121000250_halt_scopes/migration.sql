-- Halts of a team, an environment, a tool or a server (C31). What of them is narrower than the organisation is derived where it is asked; a tool
-- whose name was erased with its payload counts as the one that is halted. `grant_refusal` is otherwise as `20261121000245_runs` has it.
CREATE OR REPLACE FUNCTION grant_refusal(p_action uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN a.status NOT IN ('allowed', 'approved') OR a.grant_used_at IS NOT NULL THEN 'used'
    WHEN EXISTS (SELECT 1 FROM halt h WHERE h.lifted_at IS NULL AND CASE h.scope
        WHEN 'agent' THEN h.target = g.id::text WHEN 'team' THEN h.target = g.team_id::text WHEN 'environment' THEN h.target = g.environment
        WHEN 'run' THEN h.target = a.run_id::text
        WHEN 'tool' THEN coalesce((SELECT j.tool = h.target FROM ledger.projection j WHERE j.entry_id = a.id), true)
        WHEN 'server' THEN coalesce((SELECT split_part(j.tool, '.', 1) = h.target FROM ledger.projection j WHERE j.entry_id = a.id), true)
        ELSE true END) THEN 'halted'
    WHEN a.epoch < greatest(e.revoked_epoch, g.revoked_epoch, r.revoked_epoch) OR g.state <> 'active' THEN 'revoked'
    -- decided while there was still an owner (5 s: an id's time is the replica's clock); afterwards the gate itself contains the agent
    WHEN o.deactivated_at > to_timestamp(('x' || translate(left(a.id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) - interval '5 seconds' THEN 'revoked'
    WHEN a.grant_expires_at IS NULL OR a.grant_expires_at <= clock_timestamp() THEN 'expired'
  END
  FROM action a JOIN agent g ON g.id = a.agent_id JOIN person o ON o.id = g.owner_id LEFT JOIN run r ON r.id = a.run_id, gate e
  WHERE a.id = p_action
$$;

-- `until` says when somebody should look again; it lifts nothing.
CREATE INDEX "halt_look_again" ON "halt" ("until") WHERE "lifted_at" IS NULL AND "until" IS NOT NULL;
