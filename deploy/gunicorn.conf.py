"""gunicorn -c deploy/gunicorn.conf.py "service.web:application()".

The same server as `balad serve`, for those who start gunicorn themselves. Every value comes from
`service.web.gunicorn_options`; write below what you want different.
"""

from service.settings import load
from service.web import gunicorn_options

globals().update(gunicorn_options(load()))
