-- The status of campaigns that another system sent (src/legacy): no transition leaves it. Their leads were never claimed by camp.
ALTER TYPE "CampaignStatus" ADD VALUE 'ARCHIVED';
