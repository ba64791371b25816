"""The only SQL and drivers: schema, migrations, the writer, reads, outbox, release and rollups."""
