"""The socket of an open page, over a real Redis and a database with real commits."""

import json

from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.sessions import SessionMiddlewareStack
from django.test import Client
from django.utils.translation import gettext_lazy

from consortium import consumers, selectors, services
from consortium.choices import Role
from consortium.consumers import NOBODY, Notices
from consortium.models import StaffSession
from consortium.services import Recipients
from kernel import clock
from kernel.actor import Actor
from kernel.said import phrase
from tests.factories import consortium as make

SOCKET = SessionMiddlewareStack(Notices.as_asgi())


def page_of(staff=None, language=""):
    """A browser page that opens the socket: signed in as `staff`, or a stranger's. `language`: chosen on the page."""
    headers = []
    if staff is not None:
        browser = Client()
        make.sign_in(browser, staff)
        cookies = f"lianyi_session={browser.cookies['lianyi_session'].value}; lianyi_language={language}"
        headers = [(b"cookie", cookies.encode())]
    scope = {"type": "websocket", "path": "/ws/", "headers": headers, "query_string": b"", "subprotocols": []}
    return ApplicationCommunicator(SOCKET, scope)


async def connect(page):
    await page.send_input({"type": "websocket.connect"})
    return await page.receive_output(timeout=10)


def tell(staff, title="Refer"):
    services.notify(
        by=Actor.system("referral"),
        key="referral:1",
        recipients=Recipients(staff=[staff.pk]),
        level=2,
        title=title,
        url="/referrals/",
    )


def test_an_open_page_hears_what_its_person_is_told_and_nobody_elses(race_db):
    doctor, nurse = make.make_staff(Role.BRANCH_DOCTOR), make.make_staff(Role.BED_DESK)
    mine, other = page_of(doctor), page_of(nurse)

    @async_to_sync
    async def story():
        opened = [(await connect(page))["type"] for page in (mine, other)]
        await mine.send_input({"type": "websocket.receive", "text": '{"anything": 1}'})
        await sync_to_async(tell)(doctor)
        heard = json.loads((await mine.receive_output(timeout=10))["text"])
        silent = await other.receive_nothing(timeout=0.5)
        for page in (mine, other):
            await page.send_input({"type": "websocket.disconnect", "code": 1000})
            await page.wait()
        return opened, heard, silent

    opened, heard, silent = story()
    assert opened == ["websocket.accept", "websocket.accept"]
    assert heard == {
        "type": "notice",
        "key": "referral:1",
        "level": 2,
        "title": "Refer",
        "url": "/referrals/",
        "unread": 1,
    }
    assert silent
    assert selectors.unread(by=make.actor_of(doctor)) == 1


def test_each_open_page_hears_it_in_its_own_language(race_db):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    pages = [page_of(doctor, language) for language in ("zh-hans", "en")]

    @async_to_sync
    async def story():
        for page in pages:
            await connect(page)
        await sync_to_async(tell)(
            doctor, title=phrase(gettext_lazy("Your proposal was decided: %(verdict)s"), verdict=7)
        )
        heard = [json.loads((await page.receive_output(timeout=10))["text"]) for page in pages]
        for page in pages:
            await page.send_input({"type": "websocket.disconnect", "code": 1000})
            await page.wait()
        return heard

    assert [(one["title"], sorted(one)) for one in story()] == [
        (title, ["key", "level", "title", "type", "unread", "url"])
        for title in ("您的提议已处理：7", "Your proposal was decided: 7")
    ]


def test_a_stranger_and_an_ended_session_hear_nothing(race_db):
    ended = page_of(make.make_staff(Role.BRANCH_DOCTOR))
    StaffSession.objects.update(ended_at=make.clock.now(), ending="signed_out")
    stranger = page_of()

    @async_to_sync
    async def story():
        return [await connect(ended), await connect(stranger)]

    assert [(said["type"], said.get("code")) for said in story()] == [("websocket.close", NOBODY)] * 2


async def closing(page):
    """The code the socket is closed with, whatever is said before."""
    for _message in range(5):
        heard = await page.receive_output(timeout=10)
        if heard["type"] == "websocket.close":
            return heard["code"]
    return None


def test_an_ended_session_closes_its_socket_and_no_other(race_db):
    doctor, nurse = make.make_staff(Role.BRANCH_DOCTOR), make.make_staff(Role.BED_DESK)
    mine, other = page_of(doctor), page_of(nurse)
    keeper = make.make_actor(Role.SYSTEM_MANAGER)

    @async_to_sync
    async def story():
        for page in (mine, other):
            await connect(page)
        await sync_to_async(services.close_account)(by=keeper, staff_id=doctor.pk, left=True)
        code = await closing(mine)
        silent = await other.receive_nothing(timeout=0.5)
        await other.send_input({"type": "websocket.disconnect", "code": 1000})
        await other.wait()
        return code, silent

    assert story() == (NOBODY, True)


def test_a_socket_whose_push_was_lost_finds_out_by_itself(race_db, monkeypatch):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    mine = page_of(doctor)
    monkeypatch.setattr(consumers, "LOOKS_EVERY", 0.2)

    @async_to_sync
    async def story():
        await connect(mine)
        ended = StaffSession.objects.filter(staff=doctor)
        await sync_to_async(ended.update)(ended_at=clock.now(), ending="signed_out")
        return await closing(mine)

    assert story() == NOBODY
    assert consumers.LOOKS_EVERY < 60
