-- How much of a credential's quota of requests is used, when the broker says that it nears its end (Salesforce). Without a value the
-- broker has not said so.
ALTER TABLE "SendSlot" ADD COLUMN "quota_used" INTEGER,
                       ADD COLUMN "quota_limit" INTEGER,
                       ADD COLUMN "quota_at" TIMESTAMPTZ(3);
