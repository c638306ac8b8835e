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
CREATE TABLE `order_lines` (
	`order_id` text NOT NULL,
	`position` integer NOT NULL,
	`product_id` integer NOT NULL,
	`quantity` integer NOT NULL,
	`unit_price_cents` integer NOT NULL,
	PRIMARY KEY(`order_id`, `position`),
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `orders` (
	`id` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`total_cents` integer NOT NULL,
	`placed_at` text NOT NULL,
	`idempotency_key` text NOT NULL,
	`request_digest` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `orders_idempotency_key_unique` ON `orders` (`idempotency_key`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`pubsub` text NOT NULL,
	`topic` text NOT NULL,
	`data` text NOT NULL,
	`traceparent` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_id_unique` ON `outbox` (`id`);