"""From a model that passed its gates to one that all visitors get: shadow, canary, what stops a canary by itself."""
