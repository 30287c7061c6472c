-- How many requests of one credential may be in flight, beside its rate. Without a value there is no such limit.
ALTER TABLE "Broker" ADD COLUMN "concurrency" INTEGER;
