-- Views of the audit that people keep under a name: the parameters of an address, nothing that was found by them. They are a
-- person's own bookmarks and leave no entry: what anybody may read is asked anew each time one is opened.
CREATE TABLE "saved_view" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "saved_view_name" CHECK (char_length("name") BETWEEN 1 AND 60),
    CONSTRAINT "saved_view_query" CHECK (char_length("query") <= 20000)
);
CREATE UNIQUE INDEX "saved_view_person_id_name_key" ON "saved_view"("person_id", "name");
CREATE INDEX "saved_view_shared_idx" ON "saved_view"("name") WHERE "shared";
ALTER TABLE "saved_view" ADD CONSTRAINT "saved_view_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

DO $$
DECLARE
  -- the migrating session names the roles (lib/db/migrate.ts); the database's name is the fallback for Prisma's own tools
  app text := coalesce(nullif(current_setting('countersign.role_app', true), ''), current_database() || '_app');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON "saved_view" TO %I', app);
  EXECUTE format('GRANT UPDATE ("name", "shared") ON "saved_view" TO %I', app);
END $$;
