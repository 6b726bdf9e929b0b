-- Which seat a verdict took, where a boundary says who may take each (C22): one approving person a seat, held here too.
ALTER TABLE "verdict" ADD COLUMN "seat" smallint;
ALTER TABLE "verdict" ADD CONSTRAINT "verdict_seat_known" CHECK ("seat" IS NULL OR ("seat" BETWEEN 0 AND 9 AND "answer" = 'approve'));
CREATE UNIQUE INDEX "verdict_one_a_seat" ON "verdict" ("approval_id", "seat") WHERE "seat" IS NOT NULL;
