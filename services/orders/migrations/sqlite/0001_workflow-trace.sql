ALTER TABLE `workflows` ADD `traceparent` text;
