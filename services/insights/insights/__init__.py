"""What was sold by product, country and day, built from the events of orders and payments."""
