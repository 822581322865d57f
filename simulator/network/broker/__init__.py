"""A broker: a node that keeps messages in queues until workers have handled them."""
