-- CreateIndex
CREATE INDEX "Batch_campaign_id_claimed_at_idx" ON "Batch"("campaign_id", "claimed_at");

-- CreateEnum
CREATE TYPE "RecurrenceStatus" AS ENUM ('ACTIVE', 'PAUSED', 'REMOVED');

-- CreateEnum
CREATE TYPE "OccurrenceStatus" AS ENUM ('OPENED', 'NOTHING_NEW', 'FAILED', 'SKIPPED');

-- CreateTable
CREATE TABLE "Recurrence" (
    "id" UUID NOT NULL,
    "handle" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "broker_id" UUID NOT NULL,
    "template_id" UUID,
    "status" "RecurrenceStatus" NOT NULL DEFAULT 'ACTIVE',
    "cron" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "folder" TEXT NOT NULL,
    "pattern" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "approved_by" UUID,
    "approved_at" TIMESTAMPTZ(3),
    "approval_hash" TEXT,
    "approval_ceiling" DECIMAL(12,2),
    "approval_until" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Recurrence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Occurrence" (
    "id" UUID NOT NULL,
    "recurrence_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "status" "OccurrenceStatus" NOT NULL,
    "reason" TEXT,
    "file" TEXT,
    "file_at" TIMESTAMPTZ(3),
    "campaign_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Occurrence_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Recurrence_handle_key" ON "Recurrence"("handle");

-- CreateIndex
CREATE INDEX "Recurrence_status_next_at_idx" ON "Recurrence"("status", "next_at");

-- CreateIndex
CREATE UNIQUE INDEX "Occurrence_campaign_id_key" ON "Occurrence"("campaign_id");

-- CreateIndex
CREATE UNIQUE INDEX "Occurrence_recurrence_id_at_key" ON "Occurrence"("recurrence_id", "at");

-- AddForeignKey
ALTER TABLE "Recurrence" ADD CONSTRAINT "Recurrence_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Recurrence" ADD CONSTRAINT "Recurrence_approved_by_fkey" FOREIGN KEY ("approved_by") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Recurrence" ADD CONSTRAINT "Recurrence_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "Wallet"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Recurrence" ADD CONSTRAINT "Recurrence_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "Broker"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Recurrence" ADD CONSTRAINT "Recurrence_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "Template"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Occurrence" ADD CONSTRAINT "Occurrence_recurrence_id_fkey" FOREIGN KEY ("recurrence_id") REFERENCES "Recurrence"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Occurrence" ADD CONSTRAINT "Occurrence_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "Campaign"("id") ON DELETE SET NULL ON UPDATE CASCADE;
