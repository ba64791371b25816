"""Telegram: updates decoded to `Inbound`, messages sent from the outbox, by polling or webhook."""
