CREATE TABLE "products" (
	"id" bigint PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"category" text NOT NULL,
	"quantity_per_unit" text NOT NULL,
	"unit_price_cents" bigint NOT NULL,
	"discontinued" boolean NOT NULL
);

