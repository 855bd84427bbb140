"""The facts of a shop, the feature table and what keeps them: what serving and training share."""
