CREATE TABLE `products` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`category` text NOT NULL,
	`quantity_per_unit` text NOT NULL,
	`unit_price_cents` integer NOT NULL,
	`discontinued` integer NOT NULL
);

