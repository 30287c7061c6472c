-- What an import uses if its command line names no broker or no text. A default has at most one text: a template or a message.
ALTER TABLE "Wallet" ADD COLUMN "default_broker_id" UUID,
ADD COLUMN     "default_message" TEXT,
ADD COLUMN     "default_template_id" UUID;

ALTER TABLE "Wallet" ADD CONSTRAINT "Wallet_one_default_text" CHECK ("default_template_id" IS NULL OR "default_message" IS NULL);

ALTER TABLE "Wallet" ADD CONSTRAINT "Wallet_default_broker_id_fkey" FOREIGN KEY ("default_broker_id") REFERENCES "Broker"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "Wallet" ADD CONSTRAINT "Wallet_default_template_id_fkey" FOREIGN KEY ("default_template_id") REFERENCES "Template"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
