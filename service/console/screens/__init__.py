"""The screens of the console: one module, one screen or one group of forms; `service.console` says how."""
