-- Of a delivery: whether the broker bills it. Meta bills by what it delivers, and says in a callback that a message is free.
ALTER TABLE "WebhookEvent" ADD COLUMN "billable" BOOLEAN;
