-- CreateEnum
CREATE TYPE "ReplyVerdict" AS ENUM ('OPT_OUT', 'WRONG_PERSON', 'PAID', 'OTHER');

-- AlterTable
ALTER TABLE "WebhookEvent" ADD COLUMN     "reply" JSONB;

-- CreateTable
CREATE TABLE "InboundMessage" (
    "id" BIGSERIAL NOT NULL,
    "broker_id" UUID NOT NULL,
    "provider_id" TEXT NOT NULL,
    "campaign_id" UUID,
    "lead_id" UUID,
    "phone" TEXT,
    "sender" TEXT,
    "kind" TEXT NOT NULL,
    "text" TEXT,
    "payload" TEXT,
    "request" TEXT,
    "verdict" "ReplyVerdict" NOT NULL,
    "words" TEXT NOT NULL DEFAULT '',
    "decided" "ReplyVerdict",
    "reason" TEXT,
    "handled_at" TIMESTAMPTZ(3),
    "handled_by" UUID,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "InboundMessage_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "InboundMessage_broker_id_provider_id_key" ON "InboundMessage"("broker_id", "provider_id");

-- CreateIndex
CREATE INDEX "InboundMessage_phone_idx" ON "InboundMessage"("phone");

-- CreateIndex
CREATE INDEX "InboundMessage_campaign_id_idx" ON "InboundMessage"("campaign_id");

-- CreateIndex
CREATE INDEX "InboundMessage_lead_id_idx" ON "InboundMessage"("lead_id");

-- CreateIndex
CREATE INDEX "InboundMessage_received_at_idx" ON "InboundMessage"("received_at");

-- AddForeignKey
ALTER TABLE "InboundMessage" ADD CONSTRAINT "InboundMessage_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "Broker"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InboundMessage" ADD CONSTRAINT "InboundMessage_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "Campaign"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InboundMessage" ADD CONSTRAINT "InboundMessage_handled_by_fkey" FOREIGN KEY ("handled_by") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- By hand from here on: partial indexes, which schema.prisma cannot say. New replies have an index of their own, so that a flood of them
-- stands in no status callback's way.
DROP INDEX "WebhookEvent_new";
CREATE INDEX "WebhookEvent_new" ON "WebhookEvent" ("broker_id", ("event" <> 'OPT_OUT'), "id")
  WHERE "applied_at" IS NULL AND "next_try_at" IS NULL AND "event" <> 'REPLY';
CREATE INDEX "WebhookEvent_new_reply" ON "WebhookEvent" ("broker_id", "id")
  WHERE "applied_at" IS NULL AND "next_try_at" IS NULL AND "event" = 'REPLY';
-- Those that wait for a person.
CREATE INDEX "InboundMessage_waiting" ON "InboundMessage" ("id") WHERE "handled_at" IS NULL;
