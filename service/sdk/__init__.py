"""The storefront script, as it is read; `service.api.sdk` serves it."""
