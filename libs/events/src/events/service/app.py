"""The FastAPI application of a service: its commands, its reads, and the routes every service has."""

from http import HTTPStatus
from inspect import cleandoc

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from opentelemetry import propagate
from opentelemetry.sdk.trace import TracerProvider as Recording
from opentelemetry.trace import TracerProvider
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from events.errors import KeptError
from events.postgres import OUTAGES
from events.telemetry import PROPAGATOR

from . import batch, clock_route, feed_route, health, kinds, openings
from .batch import Batch
from .command import Commands, CommandSpec
from .door import Door
from .endpoint import Endpoint
from .entry import Reach
from .openapi import document, methods_at, operation
from .problems import Problem, fields, invalid, problem_of, response, unavailable
from .prod import OPEN, check_routes
from .read import parked_headers, reading
from .service import Service
from .site import Site


def build(site: Site, tracing: TracerProvider) -> FastAPI:
    """Return the application of a running service; its requests are spans of `tracing`."""
    dev = site.parts.settings.profile == "dev"
    propagate.set_global_textmap(PROPAGATOR)  # FastAPI asks for no other
    app = FastAPI(
        title=f"Kept: {site.service.name}",
        openapi_url="/openapi.json" if dev else None,
        telemetry={
            "tracer_provider": tracing if isinstance(tracing, Recording) else None,
            "operation_spans": False,
            "logs": False,
            "metrics": False,
        },
        middleware=[Middleware(Door, count=site.figures.count, larger=_larger(site.service))],
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.site = site
    for commands in site.service.commands:
        for spec in commands.specs:
            _add_command(app, commands, spec)
    app.include_router(site.service.router, dependencies=[Depends(reading)])
    app.include_router(site.service.open)
    app.include_router(feed_route.router, dependencies=[Depends(reading), Depends(Reach(site.service.feed))])
    app.include_router(openings.router, dependencies=[Depends(reading)])
    app.include_router(health.router)
    app.include_router(kinds.router)
    if dev:
        app.include_router(clock_route.router)
    else:
        check_routes(app)
    _answer_errors(app)
    specs = [spec for commands in site.service.commands for spec in commands.specs]
    bodies = [spec.body for spec in specs]
    made = {spec.path: spec.location for spec in specs if spec.status == HTTPStatus.CREATED}
    document(app, [*bodies, openings.OpenWords, *site.service.bodies], OPEN, made)
    return app


def _add_command(app: FastAPI, commands: Commands, spec: CommandSpec) -> None:  # type: ignore[type-arg]
    words = cleandoc(spec.body.__doc__ or "")
    summary = words.partition("\n")[0]
    app.add_api_route(
        spec.path,
        Endpoint(commands, spec).__call__,
        methods=[spec.method],
        status_code=spec.status,
        name=spec.body.__name__,
        summary=summary,
        description=words,
        tags=list(commands.tags) or None,
        openapi_extra=operation(spec),
        response_model=None,
    )
    if spec.batch is not None:
        app.add_api_route(
            spec.batch,
            Batch(commands, spec, OUTAGES).__call__,
            methods=[spec.method],
            name=f"{spec.body.__name__}Batch",
            summary=f"{summary} (many at once)",
            description=words,
            openapi_extra=operation(spec, many=True),
            response_model=None,
        )


def _larger(service: Service) -> dict[str, int]:
    """Return the paths that take larger bodies than the rest, and how large."""
    specs = (spec for commands in service.commands for spec in commands.specs)
    larger = {spec.batch: batch.LARGEST for spec in specs if spec.batch is not None}
    return larger | {openings.PATH: openings.LARGEST}


def _answer_errors(app: FastAPI) -> None:
    async def ours(request: Request, error: Exception) -> Response:
        answer = response(problem_of(error))
        answer.headers.update(parked_headers(request))  # what is not found may be what is parked
        return answer

    async def outage(_request: Request, _error: Exception) -> Response:
        return response(unavailable())

    async def unfit(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return response(
            invalid([(name.partition(".")[2] or name, why) for name, why in fields(error.errors())])
        )

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(methods_at(app, request.url.path))
        return response(Problem(error.status_code, kind, str(error.detail), headers=headers))

    app.add_exception_handler(KeptError, ours)
    app.add_exception_handler(RequestValidationError, unfit)
    app.add_exception_handler(HTTPException, http)
    for kind in OUTAGES:
        app.add_exception_handler(kind, outage)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, ours)
