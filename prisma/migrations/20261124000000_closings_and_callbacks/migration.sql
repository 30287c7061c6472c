-- AlterTable
ALTER TABLE "Batch" ADD COLUMN     "lock_key" TEXT;

-- AlterTable
ALTER TABLE "WebhookEvent" ADD COLUMN     "alias" TEXT,
ADD COLUMN     "phone" TEXT,
ADD COLUMN     "stops" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "Batch_lock_key_idx" ON "Batch"("lock_key");
