"""/v1/models: which models there are, and which one ranks."""

ENDPOINTS = ()
