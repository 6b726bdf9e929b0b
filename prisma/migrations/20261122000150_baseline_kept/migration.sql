-- An approval keeps under which baseline it was asked (`rule.baseline`: `sha256:…`, null where there was none): a hold is known by its place, and in
-- another baseline another rule may have that place. Of what waits already it is the one that was in force when it was asked.
UPDATE approval p SET rule = jsonb_set(p.rule, '{baseline}', coalesce(to_jsonb(
    (SELECT 'sha256:' || encode(v.digest, 'hex') FROM boundary_version v WHERE v.agent_id IS NULL AND v.signed_at <= p.opened_at ORDER BY v.version DESC LIMIT 1)), 'null'))
  WHERE p.kind = 'action' AND NOT p.rule ? 'baseline'
    AND (p.status = 'pending' OR p.status = 'approved' AND EXISTS (SELECT FROM action a WHERE a.id = p.subject_id AND a.status = 'approved'));
