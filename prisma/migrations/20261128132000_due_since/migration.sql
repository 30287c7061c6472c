-- Since when a batch that was put off, or resumed, could be claimed: a batch that is due and stays so is seen by it.
ALTER TABLE "Batch" ADD COLUMN "due_at" TIMESTAMPTZ(3);
