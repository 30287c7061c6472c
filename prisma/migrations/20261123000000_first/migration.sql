-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('ADMIN', 'USER');

-- CreateEnum
CREATE TYPE "Billing" AS ENUM ('ACCEPTED', 'DELIVERED');

-- CreateEnum
CREATE TYPE "BudgetEntryKind" AS ENUM ('RESERVE', 'RELEASE', 'ADJUST');

-- CreateEnum
CREATE TYPE "CampaignStatus" AS ENUM ('PENDING_APPROVAL', 'APPROVED', 'PROCESSING', 'PAUSED', 'FINISHED', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "LeadStatus" AS ENUM ('PENDING', 'SENDING', 'SENT', 'DELIVERED', 'READ', 'ERROR', 'IN_DOUBT');

-- CreateEnum
CREATE TYPE "BatchKind" AS ENUM ('SEND', 'CLOSING');

-- CreateEnum
CREATE TYPE "BatchStatus" AS ENUM ('QUEUED', 'SENDING', 'DONE', 'IN_DOUBT');

-- CreateEnum
CREATE TYPE "WebhookStatus" AS ENUM ('SENT', 'DELIVERED', 'READ', 'FAILED', 'OPT_OUT');

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "password" TEXT,
    "role" "Role" NOT NULL DEFAULT 'USER',
    "disabled_at" TIMESTAMPTZ(3),
    "tokens_valid_from" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Wallet" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "idgis_ambiente" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Wallet_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Broker" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "adapter" TEXT NOT NULL,
    "cost_per_message" DECIMAL(10,4) NOT NULL DEFAULT 0.0,
    "rate_limit" DECIMAL(10,3),
    "max_batch" INTEGER,
    "billing" "Billing" NOT NULL DEFAULT 'ACCEPTED',
    "webhook_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Broker_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Credential" (
    "id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "broker_id" UUID NOT NULL,
    "config" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Budget" (
    "id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "month" INTEGER NOT NULL,
    "year" INTEGER NOT NULL,
    "budget" DECIMAL(12,2) NOT NULL,
    "used_budget" DECIMAL(14,4) NOT NULL DEFAULT 0.0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Budget_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BudgetEntry" (
    "id" UUID NOT NULL,
    "budget_id" UUID NOT NULL,
    "kind" "BudgetEntryKind" NOT NULL,
    "amount" DECIMAL(14,4) NOT NULL,
    "messages" INTEGER NOT NULL DEFAULT 0,
    "batch_id" UUID,
    "user_id" UUID,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BudgetEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Template" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "template_code" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Blocklist" (
    "id" UUID NOT NULL,
    "phone" TEXT,
    "cpf_cnpj" TEXT,
    "reason" TEXT,
    "source" TEXT NOT NULL DEFAULT 'manual',
    "purpose" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Blocklist_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Fish" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "phone" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Fish_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Campaign" (
    "id" UUID NOT NULL,
    "agendamento_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "broker_id" UUID NOT NULL,
    "template_id" UUID,
    "status" "CampaignStatus" NOT NULL DEFAULT 'PENDING_APPROVAL',
    "base_message" TEXT,
    "template_vars" JSONB,
    "throttling_type" TEXT NOT NULL DEFAULT 'none',
    "throttling_config" JSONB,
    "scheduled_at" TIMESTAMPTZ(3),
    "start_before" INTEGER NOT NULL DEFAULT 60,
    "hours_from" INTEGER NOT NULL DEFAULT 480,
    "hours_to" INTEGER NOT NULL DEFAULT 1200,
    "days" INTEGER NOT NULL DEFAULT 63,
    "allow_holidays" BOOLEAN NOT NULL DEFAULT false,
    "no_cap" BOOLEAN NOT NULL DEFAULT false,
    "source_file" TEXT NOT NULL,
    "source_sha256" TEXT NOT NULL,
    "rows" INTEGER NOT NULL DEFAULT 0,
    "fish" INTEGER NOT NULL DEFAULT 0,
    "batch_size" INTEGER,
    "stale_days" INTEGER NOT NULL DEFAULT 7,
    "unit_cost" DECIMAL(10,4),
    "approved_by" UUID,
    "approved_at" TIMESTAMPTZ(3),
    "approval_hash" TEXT,
    "failure_reason" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Campaign_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CampaignLead" (
    "id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "source_line" INTEGER,
    "phone" TEXT NOT NULL,
    "nome" TEXT,
    "cpf_cnpj" TEXT,
    "idcob_contrato" TEXT,
    "custom_message" TEXT,
    "variables" JSONB,
    "status" "LeadStatus" NOT NULL DEFAULT 'PENDING',
    "is_fish" BOOLEAN NOT NULL DEFAULT false,
    "billed" BOOLEAN NOT NULL DEFAULT false,
    "error_code" TEXT,
    "error_message" TEXT,
    "provider_msg_id" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "CampaignLead_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProviderMessage" (
    "broker_id" UUID NOT NULL,
    "provider_msg_id" TEXT NOT NULL,
    "lead_id" UUID NOT NULL,

    CONSTRAINT "ProviderMessage_pkey" PRIMARY KEY ("broker_id","provider_msg_id")
);

-- CreateTable
CREATE TABLE "Batch" (
    "id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" "BatchKind" NOT NULL DEFAULT 'SEND',
    "from_seq" INTEGER NOT NULL,
    "to_seq" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,
    "zone" TEXT NOT NULL,
    "status" "BatchStatus" NOT NULL DEFAULT 'QUEUED',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "not_before" TIMESTAMPTZ(3),
    "ring" INTEGER NOT NULL DEFAULT 0,
    "rung_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "broker_ref" TEXT,
    "budget_id" UUID,
    "unit_cost" DECIMAL(10,4),
    "reserved" DECIMAL(14,4) NOT NULL DEFAULT 0,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "refused" INTEGER NOT NULL DEFAULT 0,
    "parent_id" UUID,
    "error" TEXT,
    "claimed_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Batch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Contact" (
    "key" TEXT NOT NULL,
    "last_sent_at" TIMESTAMPTZ(3) NOT NULL,
    "lead_id" UUID NOT NULL,

    CONSTRAINT "Contact_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "SendSlot" (
    "id" UUID NOT NULL,
    "next_at" TIMESTAMPTZ(6) NOT NULL,
    "blocked_until" TIMESTAMPTZ(3),
    "blocked_since" TIMESTAMPTZ(3),
    "blocked_reason" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "SendSlot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WebhookEvent" (
    "id" BIGSERIAL NOT NULL,
    "broker_id" UUID NOT NULL,
    "event" "WebhookStatus" NOT NULL,
    "lead_id" UUID,
    "provider_msg_id" TEXT,
    "code" TEXT,
    "detail" TEXT,
    "payload" JSONB,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "WebhookEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "user_id" UUID,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "detail" JSONB,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "Wallet_name_key" ON "Wallet"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Wallet_idgis_ambiente_key" ON "Wallet"("idgis_ambiente");

-- CreateIndex
CREATE UNIQUE INDEX "Broker_name_key" ON "Broker"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Credential_wallet_id_broker_id_key" ON "Credential"("wallet_id", "broker_id");

-- CreateIndex
CREATE UNIQUE INDEX "Budget_wallet_id_month_year_key" ON "Budget"("wallet_id", "month", "year");

-- CreateIndex
CREATE INDEX "BudgetEntry_budget_id_created_at_idx" ON "BudgetEntry"("budget_id", "created_at");

-- CreateIndex
CREATE INDEX "BudgetEntry_batch_id_idx" ON "BudgetEntry"("batch_id");

-- CreateIndex
CREATE UNIQUE INDEX "Template_template_code_key" ON "Template"("template_code");

-- CreateIndex
CREATE UNIQUE INDEX "Blocklist_phone_source_key" ON "Blocklist"("phone", "source");

-- CreateIndex
CREATE UNIQUE INDEX "Blocklist_cpf_cnpj_source_key" ON "Blocklist"("cpf_cnpj", "source");

-- CreateIndex
CREATE UNIQUE INDEX "Fish_phone_key" ON "Fish"("phone");

-- CreateIndex
CREATE UNIQUE INDEX "Campaign_agendamento_id_key" ON "Campaign"("agendamento_id");

-- CreateIndex
CREATE INDEX "Campaign_status_scheduled_at_idx" ON "Campaign"("status", "scheduled_at");

-- CreateIndex
CREATE INDEX "Campaign_wallet_id_status_idx" ON "Campaign"("wallet_id", "status");

-- CreateIndex
CREATE INDEX "Campaign_source_sha256_idx" ON "Campaign"("source_sha256");

-- CreateIndex
CREATE INDEX "CampaignLead_phone_idx" ON "CampaignLead"("phone");

-- CreateIndex
CREATE UNIQUE INDEX "CampaignLead_campaign_id_seq_key" ON "CampaignLead"("campaign_id", "seq");

-- CreateIndex
CREATE INDEX "Batch_campaign_id_status_idx" ON "Batch"("campaign_id", "status");

-- CreateIndex
CREATE INDEX "Batch_status_lease_until_idx" ON "Batch"("status", "lease_until");

-- CreateIndex
CREATE UNIQUE INDEX "Batch_campaign_id_number_key" ON "Batch"("campaign_id", "number");

-- CreateIndex
CREATE INDEX "WebhookEvent_applied_at_id_idx" ON "WebhookEvent"("applied_at", "id");

-- CreateIndex
CREATE INDEX "AuditEvent_subject_subject_id_idx" ON "AuditEvent"("subject", "subject_id");

-- CreateIndex
CREATE INDEX "AuditEvent_at_idx" ON "AuditEvent"("at");

-- AddForeignKey
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "Wallet"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "Broker"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Budget" ADD CONSTRAINT "Budget_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "Wallet"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BudgetEntry" ADD CONSTRAINT "BudgetEntry_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "Budget"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BudgetEntry" ADD CONSTRAINT "BudgetEntry_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "Batch"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BudgetEntry" ADD CONSTRAINT "BudgetEntry_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Campaign" ADD CONSTRAINT "Campaign_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Campaign" ADD CONSTRAINT "Campaign_approved_by_fkey" FOREIGN KEY ("approved_by") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Campaign" ADD CONSTRAINT "Campaign_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "Wallet"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Campaign" ADD CONSTRAINT "Campaign_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "Broker"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Campaign" ADD CONSTRAINT "Campaign_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "Template"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CampaignLead" ADD CONSTRAINT "CampaignLead_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "Campaign"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Batch" ADD CONSTRAINT "Batch_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "Campaign"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Batch" ADD CONSTRAINT "Batch_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "Budget"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookEvent" ADD CONSTRAINT "WebhookEvent_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "Broker"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AuditEvent" ADD CONSTRAINT "AuditEvent_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma's schema cannot say, and its diff does not see.

-- A lead is updated in place four times (claimed, sent, delivered, read), a whole page at a time. With half of each page
-- free, the new versions stay on the page and no index is touched (heap-only tuples): test/bench measures it.
ALTER TABLE "CampaignLead" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.2);

-- One row each, updated at every claim.
ALTER TABLE "Budget" SET (fillfactor = 20);
ALTER TABLE "SendSlot" SET (fillfactor = 20);
ALTER TABLE "Batch" SET (fillfactor = 70);
ALTER TABLE "Contact" SET (fillfactor = 70);

-- Keys that are only ever compared for equality: bytes, not a language's order.
ALTER TABLE "Contact" ALTER COLUMN key TYPE text COLLATE "C";
ALTER TABLE "Blocklist" ALTER COLUMN phone TYPE text COLLATE "C", ALTER COLUMN cpf_cnpj TYPE text COLLATE "C";

-- The last defence of invariant (c): not even a statement that is wrong can pass a limit by a centavo. An ADMIN may later set
-- the limit lower than what was used, so the check is on what is being added (src/budget), and here only on the sign.
ALTER TABLE "Budget" ADD CONSTRAINT used_budget_not_negative CHECK (used_budget >= 0);
