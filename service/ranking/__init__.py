"""The ranker: pure, the same code in serving and in training."""
