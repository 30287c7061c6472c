-- The words of docs/glossary.md: a batch is enqueued, and it waits for its contact hours.
ALTER TABLE "Batch" RENAME COLUMN "ring" TO "enqueue_seq";
ALTER TABLE "Batch" RENAME COLUMN "rung_at" TO "enqueued_at";
ALTER TABLE "Batch" RENAME COLUMN "asleep" TO "waiting_for_hours";
