"""A node: it has workers, handlers, an outbox and reply queues."""
