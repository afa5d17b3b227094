"""The whole stack for as long as a block runs.

Tests share one set of parts, and take a site each:

    async with parts(directory) as running:           # PostgreSQL, Kafka, mail: 3 s, 10 s the first time ever
        site = await running.fresh("cases")            # empty databases and topics: 0.3 s
        site.logins["cases"], site.databases["cases"]  # as the service, as the superuser
        site.topics, site.topic_prefix, site.broker.bootstrap, site.mail.maildir
        site.env("cases", port=8002, urls={…})         # for a process `python -m cases`
        site.keys.token("an", ["lead"])                # a bearer token; site.token has every role
        await running.broker.server.stop(SIGKILL)      # a fault …
        await running.broker.server.start()            # … and its end, at the same address
        await running.drop(site)
"""

from local.parts import Parts as Parts
from local.parts import parts as parts
