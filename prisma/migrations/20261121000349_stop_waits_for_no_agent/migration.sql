-- A foreign key locks the row it names, and halting again waits for nobody's lock on the row of an agent (ADR 0041). Agents are never deleted, and only
-- the gate writes here, whom a stage had let go.
ALTER TABLE "halt_again" DROP CONSTRAINT "halt_again_agent_id_fkey";
