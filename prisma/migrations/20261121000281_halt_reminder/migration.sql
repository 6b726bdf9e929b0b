-- When people were reminded to look at a halt again (`until` of the halt). A reminder lifts nothing, and is not taken back.
CREATE TABLE "halt_reminder" (
  "halt_id" UUID NOT NULL REFERENCES "halt"("id"),
  "at" TIMESTAMPTZ(3) NOT NULL,
  "alert_id" UUID NOT NULL REFERENCES "alert"("id"),
  PRIMARY KEY ("halt_id", "at")
);

DO $$
DECLARE app text := current_setting('countersign.role_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON "halt_reminder" TO %I', app);
END $$;
