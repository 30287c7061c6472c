-- CreateTable
CREATE TABLE "SecretFingerprint" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "sealed" JSONB NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SecretFingerprint_pkey" PRIMARY KEY ("id")
);

-- One row at most.
ALTER TABLE "SecretFingerprint" ADD CONSTRAINT "SecretFingerprint_one_row" CHECK ("id" = 1);
