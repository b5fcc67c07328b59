"""Somebody at the hub scans with a phone: its camera is read, a tone says how it went, and a photo serves where no camera may."""

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from deploy.local.browser import ARGUMENTS, find_browser
from deploy.local.journey import Journey
from deploy.local.stack import Stack
from tests.e2e.test_a_hub_receives_parcels import journey, sent, somebody, told
from tests.waiting import until

__all__ = ["journey", "sent"]
PHONE = {"viewport": {"width": 390, "height": 844}}
HEARD = """
    window.heard = [];
    navigator.vibrate = pattern => heard.push(`vibrates ${pattern}`);
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { heard.push(`sounds ${this.frequency.value}`); start.apply(this, at); };
"""


@pytest.fixture
def label(suite: Stack, sent: Journey) -> Image.Image:
    """The label on the parcel, as it comes out of the printer."""
    key = {"Authorization": f"Bearer {sent.retailer['api_key']}"}
    address = f"{suite.facts['gateway']}/api/v1/returns/{sent.number}/documents"
    found = next(each for each in httpx.get(address, headers=key).json()["documents"] if each["form"] == "label")
    pdf = httpx.get(found["url"]).content
    return pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil().convert("RGB")


@pytest.fixture
def phone(browser: Browser, suite: Stack, sent: Journey, label: Image.Image, tmp_path: Path) -> Iterator[Page]:
    """A phone at the hub's page, whose camera sees the codes of the label."""
    film = tmp_path / "camera.mjpeg"
    view = Image.new("RGB", (1280, 720), "#777")
    view.paste(label.crop((0, 680, 812, 960)).resize((1015, 350)), (130, 180))
    frame = io.BytesIO()
    view.save(frame, "JPEG", quality=85)
    film.write_bytes(frame.getvalue() * 20)
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    seeing = browser.browser_type.launch(
        executable_path=find_browser(print), args=[*ARGUMENTS, *camera, f"--use-file-for-fake-video-capture={film}"]
    )
    page = somebody(seeing, suite, sent.retailer, "hub", permissions=["camera"], **PHONE)
    page.add_init_script(HEARD)
    page.goto(f"{suite.facts['gateway']}/hub")
    yield page
    seeing.close()


def test_a_code_before_the_camera_is_recorded_once_with_a_tone(phone: Page, sent: Journey):
    phone.get_by_label("Sound and vibration").check()
    phone.get_by_role("button", name="Use the camera").click()

    told(phone, "Received")
    expect(phone.locator("#answer").get_by_text(sent.number)).to_be_visible()
    expect(phone.locator("#seen")).to_have_text("Received")
    assert phone.locator("#eye").get_attribute("data-tone") == "ok"
    assert phone.evaluate("heard.slice(-2)") == ["vibrates 60", "sounds 880"]
    sent.until(lambda: sent.look()["awaiting"] != "in_transit", "the scan changed nothing")

    told(phone, "Already received")
    until(lambda: phone.evaluate("heard.at(-1)") == "sounds 660", within=5)
    phone.get_by_role("button", name="Stop the camera").click()
    expect(phone.locator("#eye")).to_be_hidden()
    assert phone.locator("#eye").evaluate("eye => eye.srcObject") is None


def test_without_a_connection_the_camera_says_that_it_cannot_read(phone: Page):
    phone.get_by_role("button", name="Use the camera").click()
    told(phone, "Received")

    phone.context.set_offline(True)

    expect(phone.get_by_text("Reading codes with this camera needs a connection.")).to_be_visible()


def test_where_no_script_may_use_the_camera_a_photo_of_the_code_is_read(
    browser: Browser, suite: Stack, sent: Journey, label: Image.Image
):
    page = somebody(browser, suite, sent.retailer, "hub", java_script_enabled=False, **PHONE)
    taken = {"name": "label.jpg", "mimeType": "image/jpeg"}
    photo, dark = io.BytesIO(), io.BytesIO()
    label.save(photo, "JPEG")
    Image.new("RGB", (400, 300)).save(dark, "JPEG")

    page.get_by_label("Or a photo of the code").set_input_files(taken | {"buffer": dark.getvalue()})
    page.get_by_role("button", name="Read the photo").click()
    expect(page.get_by_role("alert")).to_contain_text("No code can be read on it")
    page.get_by_label("Or a photo of the code").set_input_files(taken | {"buffer": photo.getvalue()})
    page.get_by_role("button", name="Read the photo").click()

    told(page, "Received")
    expect(page.locator("#answer").get_by_text(sent.number)).to_be_visible()
    page.context.close()
