"""A channel: the way from one node to another under one guarantee, with an end at each."""
