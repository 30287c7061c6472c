-- AlterTable
ALTER TABLE "Campaign" ADD COLUMN     "failure_code" TEXT;
