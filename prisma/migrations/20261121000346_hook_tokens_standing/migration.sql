-- The tokens that stand are read as a whole, so that guesses cost no lookup each; those of days gone by are not read with them.
CREATE INDEX "hook_token_standing" ON "hook_token" ("expires_at") WHERE "revoked_at" IS NULL;
