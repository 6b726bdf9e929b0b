-- Receivers of security events are told again of whom a lift had let go and who is halted again (ADR 0042).
UPDATE "stream" SET "kinds" = ARRAY['halt.engaged', 'halt.lift_stopped'] WHERE "kind" = 'shared_signals';
