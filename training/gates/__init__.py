"""Gates that need more than the evaluation: the data, the live model, controls, cost; one file each."""
