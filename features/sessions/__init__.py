"""Recent sessions as tables: what was looked at together, and by whom like this visitor (VMIS-kNN)."""
