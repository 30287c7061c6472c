-- An ADMIN's classes of a broker's codes, in addition to the table of its adapter (src/broker/classify-code.ts).
ALTER TABLE "Broker" ADD COLUMN "codes" JSONB NOT NULL DEFAULT '{}';
