-- CreateEnum
CREATE TYPE "HoldKind" AS ENUM ('BEHIND', 'COPY', 'UNKNOWN', 'SILENT', 'PERSON');

-- CreateTable
CREATE TABLE "Installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "installation_id" UUID NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "mark" BIGINT NOT NULL DEFAULT 0,
    "marked_at" TIMESTAMPTZ(3),
    "server" TEXT,
    "addresses" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "held_at" TIMESTAMPTZ(3),
    "hold_kind" "HoldKind",
    "hold_reason" TEXT,
    "hold_generation" INTEGER,
    "hold_mark" BIGINT,
    "hold_marked_at" TIMESTAMPTZ(3),

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("id")
);
