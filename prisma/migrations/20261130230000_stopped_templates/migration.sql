-- A callback may be about a template that the broker has stopped, and about no message.
ALTER TABLE "WebhookEvent" ADD COLUMN "template_code" TEXT;
