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
CREATE TABLE `reservation_lines` (
	`order_id` text NOT NULL,
	`product_id` integer NOT NULL,
	`quantity` integer NOT NULL,
	PRIMARY KEY(`order_id`, `product_id`),
	FOREIGN KEY (`order_id`) REFERENCES `reservations`(`order_id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `reservations` (
	`order_id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`reason` text
);
--> statement-breakpoint
CREATE TABLE `stock` (
	`product_id` integer PRIMARY KEY NOT NULL,
	`on_hand` integer NOT NULL,
	`reserved` integer NOT NULL,
	CONSTRAINT "never_below_zero" CHECK("stock"."reserved" between 0 and "stock"."on_hand")
);
