-- At a broker whose requests carry one text, a batch is one message: each claim and each settle wrote all six indexes of its row.
-- What is looked for is open, or has a value: the indexes hold only that.
DROP INDEX "Batch_campaign_id_status_idx";
CREATE INDEX "Batch_open" ON "Batch" ("campaign_id", "status") WHERE "status" <> 'DONE';

DROP INDEX "Batch_status_lease_until_idx";
CREATE INDEX "Batch_lease" ON "Batch" ("status", "lease_until") WHERE "status" <> 'DONE';

DROP INDEX "Batch_campaign_id_claimed_at_idx";
CREATE INDEX "Batch_claimed" ON "Batch" ("campaign_id", "claimed_at") WHERE "claimed_at" IS NOT NULL;

DROP INDEX "Batch_lock_key_idx";
CREATE INDEX "Batch_lock_key" ON "Batch" ("lock_key") WHERE "lock_key" IS NOT NULL;
