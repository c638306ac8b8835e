CREATE TABLE "events" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"version" bigint NOT NULL,
	"type" text NOT NULL,
	"schema" bigint NOT NULL,
	"data" json NOT NULL,
	"at" text NOT NULL,
	CONSTRAINT "one_event_for_each_version" UNIQUE("stream","version")
);

--> statement-breakpoint
CREATE TABLE "snapshots" (
	"stream" text PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"schema" bigint NOT NULL,
	"state" json NOT NULL
);

--> statement-breakpoint
CREATE TABLE "projections" (
	"name" text NOT NULL,
	"generation" bigint NOT NULL,
	"position" bigint NOT NULL,
	"active" boolean NOT NULL,
	CONSTRAINT "projections_name_generation_pk" PRIMARY KEY("name","generation")
);

--> statement-breakpoint
CREATE TABLE "outbox" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"pubsub" text NOT NULL,
	"topic" text NOT NULL,
	"key" text NOT NULL,
	"data" json NOT NULL,
	"traceparent" text,
	"committed_at" text NOT NULL,
	"again_at" text,
	CONSTRAINT "outbox_id_unique" UNIQUE("id")
);

--> statement-breakpoint
CREATE TABLE "inbox" (
	"source" text NOT NULL,
	"topic" text NOT NULL,
	"id" text NOT NULL,
	"received_at" text NOT NULL,
	CONSTRAINT "inbox_source_topic_id_pk" PRIMARY KEY("source","topic","id")
);

--> statement-breakpoint
CREATE TABLE "handled" (
	"topic" text NOT NULL,
	"key" text NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "handled_topic_key_pk" PRIMARY KEY("topic","key")
);

--> statement-breakpoint
CREATE TABLE "parked" (
	"topic" text NOT NULL,
	"key" text NOT NULL,
	"version" bigint NOT NULL,
	"previous" bigint NOT NULL,
	"event" json NOT NULL,
	"parked_at" text NOT NULL,
	"reported_at" text,
	CONSTRAINT "parked_topic_key_version_pk" PRIMARY KEY("topic","key","version")
);

--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"source" text NOT NULL,
	"topic" text NOT NULL,
	"id" text NOT NULL,
	"event" json NOT NULL,
	"received_at" text NOT NULL,
	CONSTRAINT "dead_letters_source_topic_id_pk" PRIMARY KEY("source","topic","id")
);

--> statement-breakpoint
CREATE TABLE "requests" (
	"idempotency_key" text PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"order_id" text NOT NULL
);

--> statement-breakpoint
CREATE TABLE "order_views" (
	"generation" bigint NOT NULL,
	"id" text NOT NULL,
	"customer_id" text NOT NULL,
	"status" text NOT NULL,
	"placed_at" text NOT NULL,
	"view" json NOT NULL,
	CONSTRAINT "order_views_generation_id_pk" PRIMARY KEY("generation","id")
);

--> statement-breakpoint
CREATE TABLE "workflows" (
	"instance_id" text PRIMARY KEY NOT NULL,
	"workflow" text NOT NULL,
	"order_id" text NOT NULL,
	"requested_at" text NOT NULL,
	"traceparent" text,
	"started_at" text,
	"finished_at" text,
	"purged_at" text
);

--> statement-breakpoint
CREATE INDEX "outbox_again" ON "outbox" USING btree ("again_at","seq");
--> statement-breakpoint
CREATE INDEX "inbox_received" ON "inbox" USING btree ("received_at");
--> statement-breakpoint
CREATE INDEX "order_views_customer" ON "order_views" USING btree ("generation","customer_id","id");
--> statement-breakpoint
CREATE INDEX "workflows_open" ON "workflows" USING btree ("finished_at","started_at");
