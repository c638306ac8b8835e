CREATE TABLE `events` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`stream` text NOT NULL,
	`version` integer NOT NULL,
	`type` text NOT NULL,
	`schema` integer NOT NULL,
	`data` text NOT NULL,
	`at` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `one_event_for_each_version` ON `events` (`stream`,`version`);
--> statement-breakpoint
CREATE TABLE `snapshots` (
	`stream` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`schema` integer NOT NULL,
	`state` text NOT NULL
);

--> statement-breakpoint
CREATE TABLE `projections` (
	`name` text NOT NULL,
	`generation` integer NOT NULL,
	`position` integer NOT NULL,
	`active` integer NOT NULL,
	PRIMARY KEY(`name`, `generation`)
);

--> statement-breakpoint
CREATE TABLE `outbox` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`pubsub` text NOT NULL,
	`topic` text NOT NULL,
	`key` text NOT NULL,
	`data` text NOT NULL,
	`traceparent` text,
	`committed_at` text NOT NULL,
	`again_at` text
);

--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_id_unique` ON `outbox` (`id`);
--> statement-breakpoint
CREATE INDEX `outbox_again` ON `outbox` (`again_at`,`seq`);
--> statement-breakpoint
CREATE TABLE `inbox` (
	`source` text NOT NULL,
	`topic` text NOT NULL,
	`id` text NOT NULL,
	`received_at` text NOT NULL,
	PRIMARY KEY(`source`, `topic`, `id`)
);

--> statement-breakpoint
CREATE INDEX `inbox_received` ON `inbox` (`received_at`);
--> statement-breakpoint
CREATE TABLE `handled` (
	`topic` text NOT NULL,
	`key` text NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`topic`, `key`)
);

--> statement-breakpoint
CREATE TABLE `parked` (
	`topic` text NOT NULL,
	`key` text NOT NULL,
	`version` integer NOT NULL,
	`previous` integer NOT NULL,
	`event` text NOT NULL,
	`parked_at` text NOT NULL,
	`reported_at` text,
	PRIMARY KEY(`topic`, `key`, `version`)
);

--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`source` text NOT NULL,
	`topic` text NOT NULL,
	`id` text NOT NULL,
	`event` text NOT NULL,
	`received_at` text NOT NULL,
	PRIMARY KEY(`source`, `topic`, `id`)
);

--> statement-breakpoint
CREATE TABLE `stock` (
	`product_id` integer PRIMARY KEY NOT NULL,
	`on_hand` integer NOT NULL,
	`reserved` integer NOT NULL,
	CONSTRAINT "never_below_zero" CHECK("stock"."reserved" between 0 and "stock"."on_hand")
);

--> statement-breakpoint
CREATE TABLE `reservations` (
	`order_id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`expires_at` text,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE INDEX `reservations_expiry` ON `reservations` (`expires_at`);
--> statement-breakpoint
CREATE TABLE `reservation_lines` (
	`order_id` text NOT NULL,
	`product_id` integer NOT NULL,
	`quantity` integer NOT NULL,
	PRIMARY KEY(`order_id`, `product_id`)
);

--> statement-breakpoint
CREATE TABLE `deliveries` (
	`idempotency_key` text PRIMARY KEY NOT NULL,
	`product_id` integer NOT NULL,
	`quantity` integer NOT NULL,
	`received_at` text NOT NULL
);

