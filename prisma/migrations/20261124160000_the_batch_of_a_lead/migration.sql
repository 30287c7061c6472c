-- AlterTable
ALTER TABLE "CampaignLead" ADD COLUMN     "batch_number" INTEGER;

-- From now on a lead names the batch that holds its cost. Until now it was the last one claimed whose range it stands in.
UPDATE "CampaignLead" l SET batch_number = (
  SELECT number FROM "Batch" b
  WHERE b.campaign_id = l.campaign_id AND b.kind = 'SEND' AND l.seq BETWEEN b.from_seq AND b.to_seq AND b.claimed_at IS NOT NULL
  ORDER BY b.claimed_at DESC, b.number DESC LIMIT 1
) WHERE l.billed OR l.status = 'IN_DOUBT' OR l.sent_at IS NOT NULL;
