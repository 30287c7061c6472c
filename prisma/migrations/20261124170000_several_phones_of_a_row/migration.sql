-- With --all-phones a row of the file is several leads: an approval covers how many there are, and no longer follows from `rows`.
ALTER TABLE "Campaign" ADD COLUMN "lead_count" INTEGER NOT NULL DEFAULT 0;
UPDATE "Campaign" SET "lead_count" = "rows";
