"""What outside programs may say: the models that validate, and that the OpenAPI page is generated from.

Validation gives plain dicts with every key present and None for what was not said.
"""
