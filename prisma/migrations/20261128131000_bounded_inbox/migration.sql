-- DropIndex
DROP INDEX "WebhookEvent_applied_at_id_idx";

-- AlterTable
ALTER TABLE "Broker" ADD COLUMN     "dropped_callbacks" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "WebhookEvent" ADD COLUMN     "next_try_at" TIMESTAMPTZ(3),
ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "unknown" BOOLEAN NOT NULL DEFAULT false;

-- By hand from here on: partial indexes, which schema.prisma cannot say. They hold what is not applied yet, and are small.
-- New ones, a broker at a time, opt-outs first.
CREATE INDEX "WebhookEvent_new" ON "WebhookEvent" ("broker_id", ("event" <> 'OPT_OUT'), "id") WHERE "applied_at" IS NULL AND "next_try_at" IS NULL;
-- Those that wait, by the moment of their next look.
CREATE INDEX "WebhookEvent_waiting" ON "WebhookEvent" ("unknown", "next_try_at") WHERE "applied_at" IS NULL AND "next_try_at" IS NOT NULL;
-- Of unknown messages: their number is bounded for each broker.
CREATE INDEX "WebhookEvent_unknown" ON "WebhookEvent" ("broker_id", "id") WHERE "applied_at" IS NULL AND "unknown";
-- The claim's look: whether something was told of a lead that is to be sent again.
CREATE INDEX "WebhookEvent_open_lead" ON "WebhookEvent" ("lead_id") WHERE "applied_at" IS NULL AND "lead_id" IS NOT NULL;
