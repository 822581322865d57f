"""Experiments: questions asked of the simulator, and the command line that answers them."""
