-- CreateEnum
CREATE TYPE "LeadEventKind" AS ENUM ('ACCEPTED', 'REFUSED', 'NOT_TAKEN', 'WITHHELD', 'IN_DOUBT', 'FAILED', 'RESOLVED', 'RETRIED');

-- CreateTable
CREATE TABLE "LeadEvent" (
    "id" BIGSERIAL NOT NULL,
    "campaign_id" UUID NOT NULL,
    "kind" "LeadEventKind" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "seqs" int4multirange NOT NULL,
    "batch_number" INTEGER,
    "attempt" INTEGER,
    "claimed_at" TIMESTAMPTZ(3),
    "written_at" TIMESTAMPTZ(3),
    "written_ms" INTEGER[],
    "code" TEXT,
    "detail" TEXT,
    "provider_msg_id" TEXT,
    "user_id" UUID,

    CONSTRAINT "LeadEvent_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "LeadEvent" ADD CONSTRAINT "LeadEvent_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "Campaign"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LeadEvent" ADD CONSTRAINT "LeadEvent_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- By hand from here on: an index on an expression and a trigger, which schema.prisma cannot say.
-- A lead's events are those of its campaign whose ranges hold its seq.
CREATE INDEX "LeadEvent_campaign_seq" ON "LeadEvent" ("campaign_id", lower("seqs"));

-- The record is append-only: rows go with their campaign alone. (\x3b is a semicolon: the engine ends a statement at each that it sees.)
CREATE FUNCTION lead_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
  E'BEGIN RAISE EXCEPTION ''LeadEvent is append-only'' USING ERRCODE = ''integrity_constraint_violation''\x3b END';
CREATE TRIGGER lead_event_is_append_only BEFORE UPDATE ON "LeadEvent" FOR EACH ROW
  WHEN (to_jsonb(NEW) - 'user_id' IS DISTINCT FROM to_jsonb(OLD) - 'user_id') EXECUTE FUNCTION lead_event_is_append_only();
