"""The log: every fact of every shop as Parquet files, through fsspec; the truth that state is projected from."""
