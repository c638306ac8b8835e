CREATE TABLE `dead_letters` (
	`source` text NOT NULL,
	`topic` text NOT NULL,
	`id` text NOT NULL,
	`event` text NOT NULL,
	`received_at` text NOT NULL,
	PRIMARY KEY(`source`, `topic`, `id`)
);
--> statement-breakpoint
CREATE TABLE `inbox` (
	`source` text NOT NULL,
	`topic` text NOT NULL,
	`id` text NOT NULL,
	`received_at` text NOT NULL,
	PRIMARY KEY(`source`, `topic`, `id`)
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`pubsub` text NOT NULL,
	`topic` text NOT NULL,
	`data` text NOT NULL,
	`traceparent` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_id_unique` ON `outbox` (`id`);--> statement-breakpoint
CREATE TABLE `notes` (
	`text` text PRIMARY KEY NOT NULL
);
