-- AlterTable
ALTER TABLE "Worker" ADD COLUMN     "version" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "listening" TEXT,
ADD COLUMN     "callback_url" TEXT,
ADD COLUMN     "draining" BOOLEAN NOT NULL DEFAULT false;
