-- After a start one batch is in flight until a broker has taken a message. Campaigns that run when this is applied go on as they are.
ALTER TABLE "Campaign" ADD COLUMN "unanswered_start" UUID;
ALTER TABLE "Batch" ADD COLUMN "first_of" UUID;
