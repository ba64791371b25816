"""What every server reads when it starts, read once: imported where servers are forked from."""

import uvicorn.lifespan.on
import uvicorn.loops.auto
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto  # noqa: F401

from bot.instruments import shipped
from handlers import pages
from handlers.messages import LANGUAGES, catalogue

shipped()
for language in LANGUAGES:
    catalogue(language)
for template in pages._environment.list_templates(["html"]):
    pages._environment.get_template(template)
