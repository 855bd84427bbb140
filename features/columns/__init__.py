"""The columns the model sees, one question about the visitor or the item per file; `features.table` lists them all."""
