"""Ideas from physics that claim to explain neural networks, one package or module for each."""
