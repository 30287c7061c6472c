-- AlterTable
ALTER TABLE "BudgetEntry" ADD COLUMN "n" BIGSERIAL NOT NULL;

-- AlterTable
ALTER TABLE "AuditEvent" ADD COLUMN "n" BIGSERIAL NOT NULL,
ADD COLUMN "mac" TEXT;

-- AlterTable
ALTER TABLE "LeadEvent" ADD COLUMN "recipients" BYTEA;

-- CreateTable
CREATE TABLE "Checkpoint" (
    "number" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "rows" int8multirange NOT NULL,
    "gaps" int8multirange NOT NULL,
    "upto" BIGINT NOT NULL,
    "count" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "marks" BYTEA NOT NULL,
    "unsigned" int8multirange NOT NULL,
    "reset" BOOLEAN NOT NULL DEFAULT false,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "previous" TEXT,
    "hash" TEXT NOT NULL,
    "signature" TEXT NOT NULL,

    CONSTRAINT "Checkpoint_pkey" PRIMARY KEY ("number")
);

-- CreateIndex
CREATE INDEX "Checkpoint_source_number_idx" ON "Checkpoint"("source", "number");

-- CreateIndex
CREATE UNIQUE INDEX "BudgetEntry_n_key" ON "BudgetEntry"("n");

-- CreateIndex
CREATE UNIQUE INDEX "AuditEvent_n_key" ON "AuditEvent"("n");

-- By hand from here on: triggers, which schema.prisma cannot say. Rows are changed and deleted by a foreign key alone, when what they
-- belong to goes. (\x3b is a semicolon: the engine ends a statement at each that it sees.)
CREATE FUNCTION is_append_only() RETURNS trigger LANGUAGE plpgsql AS
  E'BEGIN RAISE EXCEPTION ''% is append-only'', TG_TABLE_NAME USING ERRCODE = ''integrity_constraint_violation''\x3b END';
CREATE TRIGGER is_append_only BEFORE UPDATE OR DELETE ON "BudgetEntry" FOR EACH ROW
  WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION is_append_only();
CREATE TRIGGER is_append_only BEFORE UPDATE OR DELETE ON "AuditEvent" FOR EACH ROW
  WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION is_append_only();
CREATE TRIGGER is_append_only BEFORE UPDATE OR DELETE ON "Checkpoint" FOR EACH ROW
  WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION is_append_only();
CREATE TRIGGER is_append_only BEFORE DELETE ON "LeadEvent" FOR EACH ROW
  WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION is_append_only();
