-- When the personal data of a lead was replaced (camp data erase, camp prune): its phone is then the word "erased".
ALTER TABLE "CampaignLead" ADD COLUMN "erased_at" TIMESTAMPTZ(3);
-- Since when camp prune replaces the personal data of the campaign's leads.
ALTER TABLE "Campaign" ADD COLUMN "pruned_at" TIMESTAMPTZ(3);
