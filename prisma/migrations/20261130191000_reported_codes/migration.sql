-- The codes of a campaign's last final reports: a code that many of them have stops the campaign. A row exists from the first failure
-- with such a code on.
CREATE TABLE "ReportedCodes" (
    "campaign_id" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "codes" TEXT[] NOT NULL,

    CONSTRAINT "ReportedCodes_pkey" PRIMARY KEY ("campaign_id")
);

ALTER TABLE "ReportedCodes" ADD CONSTRAINT "ReportedCodes_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "Campaign"("id") ON DELETE CASCADE ON UPDATE CASCADE;
