-- A seat whose approver was deactivated, or lost the role it asks for, is taken by somebody else, who names the approval they take the place of. Still one
-- approving person a seat: of an approval that counts no more one takes the place, and no verdict is ever changed.
ALTER TABLE "verdict" ADD COLUMN "instead_of" uuid REFERENCES "verdict" ("id");
ALTER TABLE "verdict" ADD CONSTRAINT "verdict_instead_of_a_seat" CHECK ("instead_of" IS NULL OR ("seat" IS NOT NULL AND "instead_of" <> "id"));
DROP INDEX "verdict_one_a_seat";
CREATE UNIQUE INDEX "verdict_one_a_seat" ON "verdict" ("approval_id", "seat", coalesce("instead_of", '00000000-0000-0000-0000-000000000000'::uuid)) WHERE "seat" IS NOT NULL;
