"""The whole of Kept on one machine: PostgreSQL, Kafka, mail and the four services."""
