"""Digital twins: a model whose parameters are set until it moves as a physical system does."""
