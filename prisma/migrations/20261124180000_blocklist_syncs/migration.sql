-- AlterTable
ALTER TABLE "Campaign" ADD COLUMN     "purpose" TEXT;

-- CreateTable
CREATE TABLE "BlocklistSync" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "location" TEXT NOT NULL,
    "location_hash" TEXT NOT NULL,
    "settings" TEXT NOT NULL,
    "purpose" TEXT,
    "etag" TEXT,
    "last_modified" TEXT,
    "figures" JSONB NOT NULL,
    "synced_at" TIMESTAMPTZ(3) NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "BlocklistSync_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "BlocklistSync_source_location_hash_key" ON "BlocklistSync"("source", "location_hash");
