-- AlterTable
ALTER TABLE "Contact" ADD COLUMN     "held_before" TIMESTAMPTZ(3);
