-- What a person answers, as an event of the inbox. A migration of its own: PostgreSQL uses a new value only after its commit.
ALTER TYPE "WebhookStatus" ADD VALUE 'REPLY';
