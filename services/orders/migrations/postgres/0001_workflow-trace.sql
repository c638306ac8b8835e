ALTER TABLE "workflows" ADD COLUMN "traceparent" text;
