#!/bin/sh
# Starts `balad` in an image. numba takes machine code only from a directory that it could write, and the image's is not:
# the code that was made when the image was built is copied to the tmpfs, some MB, instead of being made again.
set -e
[ -d "$NUMBA_CACHE_DIR" ] || cp -R /opt/balad/kernels "$NUMBA_CACHE_DIR"
exec balad "$@"
