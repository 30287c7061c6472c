-- How the file was read, so that its refused rows can be written again (camp campaign rejects). Campaigns imported before have none.
ALTER TABLE "Campaign" ADD COLUMN "file_options" JSONB;
