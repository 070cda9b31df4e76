"""Wiring: every part of a bot, made in one stack that closes them in reverse order.

The real bot, the console and the end-to-end tests all use it; nothing else makes parts.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from agent.breaker import GuardedModel
from agent.budget import Budget, budget_of
from agent.catalogue import Catalogue
from agent.config import AgentConfig
from agent.events import Listener, beside
from agent.model import ModelClient
from agent.recall import meter_of
from agent.recovery import recover
from agent.runtimes import Runtimes
from agent.titler import Titler
from agent.usage import report_of
from agent_settings import agent_config, title_model
from cogs.access import Access
from cogs.client import Cubby
from cogs.controls import AnswerControls
from cogs.errands import Errands
from cogs.order import Order
from cogs.router import Router
from cogs.services import Services
from cogs.tasks import Tasks
from delivery.deliverer import Deliverer
from delivery.governed import govern
from delivery.governor import Governor
from delivery.means import Means
from delivery.operator import Operator
from delivery.sender import Sender
from documents.reading import Limits, Reader
from settings import Settings
from storage.backups import BackupKeeper
from storage.caretaker import Caretaker
from storage.housekeeping import IncidentKind
from storage.ids import utc_now
from storage.sqlite.open import open_store
from storage.store import Store
from watch.disk import DiskWatch
from watch.watch import Watch, watching

PRIVACY_PAGE: Final = Path(__file__).resolve().parent / "docs" / "privacy.md"

GRACE: Final = 4.0
"""Seconds that running answers may take to finish at the end."""

LAST_WORDS: Final = 2.0
"""Seconds that final texts may take to reach Discord at the end."""


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that has its parts; `client` has yet to connect."""

    client: Cubby
    store: Store
    runtimes: Runtimes


@asynccontextmanager
async def running(settings: Settings, model: ModelClient, config: AgentConfig | None = None) -> AsyncGenerator[Running, None]:
    """Make every part around the model; at the end let running answers finish, store the rest and close it all.

    `config` is what the settings say, unless a test needs shorter times. Raises `PricesRefused` and `DatabaseRefused` before
    anything else is made, and `CannotListen` where `HEALTH_PORT` is not to be had.
    """
    config = _told_of(model, config or agent_config(settings))
    async with AsyncExitStack() as stack:
        store = await open_store(settings.database_path, file_space=settings.file_space * 2**20)
        stack.push_async_callback(store.close)
        watch = await stack.enter_async_context(watching(store, settings.health_port, settings.health_host, utc_now))
        governor = Governor()
        govern(watch.trace, governor)
        client = _client(stack, watch)
        reader = _reader(stack)  # outlives the tasks, which read with it
        tasks = _tasks(stack)
        sender = Sender(client)
        operator = Operator(settings.operator_id, store.upkeep, sender, client.direct_once_connected, now=utc_now)
        await stack.enter_async_context(operator)
        backups, caretaker = await _look_after_files(stack, settings, operator, store)
        deliverer = _deliverer(store, sender, client, model, operator, governor, config)
        stack.push_async_callback(deliverer.close, LAST_WORDS)
        budget = budget_of(config, store, utc_now, partial(operator.sees, IncidentKind.BUDGET_LOW))
        guarded, titles = await _guarded(stack, settings, store, model, operator, budget, config)
        listener = beside(deliverer.on_event, operator.on_event, watch.turns.on_event, titles)
        runtimes = await stack.enter_async_context(Runtimes(store, guarded, config, listener, grace=GRACE, budget=budget))
        access = Access(client, settings.allowed_guilds, time.monotonic)
        order = Order()
        services = Services(
            client=client,
            store=store,
            runtimes=runtimes,
            deliverer=deliverer,
            sender=sender,
            router=Router(access, order),
            access=access,
            order=order,
            tasks=tasks,
            errands=Errands(),
            direct=client.direct,
            try_model_now=guarded.try_now,
            privacy=lambda: privacy_page(model),
            config=config,
            catalogue=await stack.enter_async_context(Catalogue(config.models, model.list_models)),
            names_sessions=settings.titles,
            file_space=settings.file_space * 2**20,
            archive_days=settings.auto_archive_days,
            copies=backups.copies,
            wipe_soon=caretaker.wake,
            folder=settings.database_path.parent,
            meter=partial(meter_of, store, config),
            reader=reader,
            usage=partial(report_of, store, budget, utc_now),
            has_leisure=governor.has_leisure,
            now=utc_now,
        )
        client.equip(services, partial(_mend, store, runtimes, config, listener, deliverer))
        yield Running(client, store, runtimes)


async def _mend(store: Store, runtimes: Runtimes, config: AgentConfig, listener: Listener, deliverer: Deliverer) -> None:
    """Go on with what the last run left."""
    await deliverer.withdraw_lost()
    await recover(store, runtimes, config, listener, utc_now)
    await deliverer.recover()


def _client(stack: AsyncExitStack, watch: Watch) -> Cubby:
    client = Cubby(watch.trace)
    watch.follow(client)
    stack.push_async_callback(client.ended)
    stack.push_async_callback(client.close)
    return client


def _tasks(stack: AsyncExitStack) -> Tasks:
    tasks = Tasks()
    stack.push_async_callback(tasks.close)
    return tasks


def _reader(stack: AsyncExitStack) -> Reader:
    reader = Reader(Limits())
    stack.push_async_callback(reader.close)
    return reader


def _deliverer(
    store: Store,
    sender: Sender,
    client: Cubby,
    model: ModelClient,
    operator: Operator,
    governor: Governor,
    config: AgentConfig,
) -> Deliverer:
    means = Means(
        store=store,
        sender=sender,
        controls=AnswerControls(),
        model_label=model.label,
        privacy_notice=privacy_notice(model),
        direct=client.direct,
        governor=governor,
        now=utc_now,
        operator_told=operator.hears,
        long_silence=config.silence,
    )
    return Deliverer(means, on_kept_finished=client.kept_finished, now=utc_now)


async def _look_after_files(
    stack: AsyncExitStack, settings: Settings, operator: Operator, store: Store
) -> tuple[BackupKeeper, Caretaker]:
    """Start what makes the daily backups and what looks whether the disk has room, of which the operator hears, and what looks
    after the sessions of all people.
    """
    path, failing = settings.database_path, partial(operator.sees, IncidentKind.BACKUP_FAILED)
    keeper = BackupKeeper(path, daily=settings.backups, now=utc_now, sleep=asyncio.sleep, failing=failing)
    await stack.enter_async_context(keeper)
    await stack.enter_async_context(DiskWatch(path, partial(operator.sees, IncidentKind.DISK_LOW)))
    caretaker = Caretaker(store, archive_days=settings.auto_archive_days, now=utc_now)
    return keeper, await stack.enter_async_context(caretaker)


async def _guarded(
    stack: AsyncExitStack,
    settings: Settings,
    store: Store,
    model: ModelClient,
    operator: Operator,
    budget: Budget,
    config: AgentConfig,
) -> tuple[GuardedModel, Listener]:
    """Put the guard before the model and start what names sessions; returns both, the latter by what it hears with. With
    `TITLES` off nothing names them.
    """
    guarded = await stack.enter_async_context(GuardedModel(model, now=utc_now, changed=operator.endpoint))
    if not settings.titles:
        return guarded, lambda _: None
    names = title_model(settings, model)
    if names is not None and names is not model:
        stack.push_async_callback(names.close)
    titler = Titler(store, budget, names, prices=config.prices, is_down=lambda: guarded.is_down)
    return guarded, (await stack.enter_async_context(titler)).on_event


async def connect_to_discord(bot: Running, token: str) -> "asyncio.Task[None]":
    """Connect; returns, once the bot takes messages, the task that ends when the connection is lost for good.

    `running` closes the connection at its end, after the last answers have gone out. Raises `discord.LoginFailure`, and
    `aiohttp.ClientError` where there is no way to Discord.
    """
    connection = bot.client.begin(token)
    ready = asyncio.create_task(bot.client.taking_messages.wait(), name="discord-ready")
    await asyncio.wait([connection, ready], return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if connection.done():
        connection.result()
    return connection


def _told_of(model: ModelClient, config: AgentConfig) -> AgentConfig:
    return replace(config, models=replace(config.models, default=model.name))


def privacy_page(model: ModelClient) -> str:
    """The privacy page as it is on disk now, with the model's host filled in."""
    return PRIVACY_PAGE.read_text(encoding="utf-8").replace("{model_host}", model.host)


def privacy_notice(model: ModelClient) -> str:
    """What a person's very first answer carries."""
    return (
        "Only you can read this: other members and moderators can't. It is stored on the machine I run on and sent to "
        f"{model.host}; whoever runs me could read it. More: /privacy"
    )
