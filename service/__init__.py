"""The service: HTTP, ranking, pages, the worker and the command line."""
