"""What outside programs may say: the models that validate, and that the OpenAPI page is generated from.

Validation gives plain dicts; except where a model says otherwise, every key is present, None for what was not said.
"""
