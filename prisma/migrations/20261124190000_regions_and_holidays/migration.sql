-- AlterTable
ALTER TABLE "Batch" ADD COLUMN     "asleep" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "region" TEXT NOT NULL DEFAULT '';

-- AlterTable
-- What is imported by now was numbered by time zone, and goes on as it was.
ALTER TABLE "Campaign" ADD COLUMN     "seq_by_zone" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "state_laws" TEXT[] DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "Campaign" ALTER COLUMN "seq_by_zone" SET DEFAULT false;

-- CreateTable
CREATE TABLE "Holiday" (
    "id" UUID NOT NULL,
    "day" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT '',
    "name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Holiday_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Holiday_day_state_key" ON "Holiday"("day", "state");
