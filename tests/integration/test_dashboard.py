"""The dashboard as somebody sees it: the real page in headless Chromium (browser.py), a real daemon behind it, a study sent
by storescu, and a real PACS.

CALCINODE_SCREENSHOTS names a folder for pictures of every page, light and dark, on a desk's screen and on a phone's."""

import os
import pathlib
import tempfile
import unittest

import browser
import cases
import daemon
import orthanc

TOKEN = "a-token-of-more-than-16-characters"
DESK, PHONE = 1280, 390
SCROLL_BAR = 20  # at most so wide, of those that scroll a page down
MOST_TABS = 40


def http_port(node):
    def told():
        """the log tells the HTTP port"""
        return node.log().partition("metrics at http://127.0.0.1:")[2].partition("/")[0]
    return int(daemon.wait_for(told, 20))


class Dashboard(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if missing := browser.missing() + ([] if orthanc.is_installed() else ["orthanc"]):
            cases.skip_loudly("the dashboard is looked at by no browser; missing: " + ", ".join(missing))
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        (cls.folder / "token").write_text(TOKEN + "\n")
        cls.pacs = cls.enterClassContext(orthanc.Orthanc(cls.folder / "pacs"))
        to_pacs = {"name": "PACS", "host": "127.0.0.1", "port": cls.pacs.dicom_port, "ae_title": "ORTHANC"}
        cls.node = cls.enterClassContext(daemon.Daemon(
            cls.folder / "node", [to_pacs], http={"token_file": str(cls.folder / "token")})).start()
        files = cases.phantom(cls.folder / "phantom", "--deposit", "C4:facet_left:4:700")
        cls.study_uid = cases.study_uid(files[0])
        assert cases.store(cls.node.port, files)[0] == 0
        cls.pacs.start(cls.node.port)
        cls.browser = cls.enterClassContext(browser.Browser(cls.folder / "browser"))
        cls.address = f"http://127.0.0.1:{http_port(cls.node)}/"
        cls.node.wait_for_judgement(cls.study_uid)
        cls.objects = cls.node.wait_for_deliveries(cls.study_uid)
        cls.browser.open(cls.address)
        cls.browser.wait_for("#token")
        cls.show_token(TOKEN)

    @classmethod
    def show_token(cls, token):
        """As if it had been asked for and typed: what each tab keeps for itself."""
        cls.browser.run("sessionStorage.setItem('token', arguments[0])", token)

    def setUp(self):
        self.browser.screen(DESK)
        self.browser.complaints()

    def tearDown(self):
        self.assertEqual(self.browser.complaints(), [])

    def open(self, page="", shown="h1"):
        self.browser.open(self.address + page)
        self.browser.wait_for(shown)

    def study_page(self):
        return "#/study/" + self.study_uid

    def test_a_wrong_token_is_refused_and_the_right_one_opens(self):
        self.open()
        self.show_token("")
        self.browser.open(self.address)
        self.browser.wait_for("#token").send_keys("not-the-token-that-was-set\n")
        self.browser.wait_for_text("This token is refused")
        self.assertNotIn(self.study_uid, self.browser.text())
        self.browser.wait_for("#token").send_keys(TOKEN + "\n")
        self.browser.wait_for_text(self.study_uid)
        self.browser.wait_for_text("live")
        for complaint in self.browser.complaints():
            self.assertIn("401 (Unauthorized)", complaint)

    def test_a_study_that_arrives_appears_without_reloading(self):
        self.open(shown=f"[data-study='{self.study_uid}']")
        self.browser.run("window.before = true")
        files = cases.phantom(self.folder / "arrives")[:3]
        row = f"[data-study='{cases.study_uid(files[0])}']"
        self.assertIsNone(self.browser.find(row))
        self.assertEqual(cases.store(self.node.port, files)[0], 0)
        self.browser.wait_for(row)
        self.browser.wait_for_text("not applicable")  # its state changes as it goes its way
        self.assertTrue(self.browser.run("return window.before"), "the page was loaded anew")

    def test_a_study_has_its_figure_its_measurements_and_its_timeline(self):
        self.open(self.study_page(), "img.figure")

        def drawn():
            """the figure is drawn"""
            return self.browser.run("return document.querySelector('img.figure').naturalWidth") > 500
        daemon.wait_for(drawn, 10, 0.05)
        full_size = self.browser.find("a[data-key=figure]").get_attribute("href")
        self.assertTrue(full_size.startswith("blob:"), full_size)
        text = self.browser.find(".timeline").text
        steps = [text.find(step) for step in ("first image received", "complete", "analysis began", "analysis ended",
                                              "sent to PACS")]
        self.assertNotIn(-1, steps, text)
        self.assertEqual(steps, sorted(steps), text)
        for told in ("positive", "C4", "sr.dcm", "seg.dcm"):
            self.assertIn(told, self.browser.text())

    def test_send_again_brings_the_objects_to_the_pacs_again(self):
        for study in self.pacs.get("/studies"):
            self.pacs.request(f"/studies/{study}", method="DELETE")
        self.open(self.study_page(), "[data-key=resend]")
        self.browser.find("[data-key=resend]").click()
        self.browser.wait_for_text(f"{len(self.objects)} objects will be sent again")

        def again():
            """all objects are in the PACS again"""
            return len(self.pacs.all_instances()) == len(self.objects)
        daemon.wait_for(again, 20)

    def test_what_waits_for_a_pacs_that_is_away_can_be_parked_given_up_and_released(self):
        self.open(self.study_page(), "[data-key=resend]")
        self.pacs.stop()
        try:
            self.click("resend")
            number = self.click("park ").split()[1]
            self.browser.wait_for_text("It is parked.")
            self.assertEqual(self.delivery(number), "parked")
            self.click(f"discard {number}")
            self.browser.wait_for_text("nothing waits for it any more")
            self.browser.wait_for_text("given up for PACS")
        finally:
            self.pacs.start(self.node.port)
        self.click(f"release {number}")
        self.browser.wait_for_text("It is sent again.")
        daemon.wait_for(lambda: self.delivery(number) == "sent", 30)

    def click(self, key):
        """The first button whose key begins so, within one step of the page, which draws itself anew all the time;
        its key."""
        return daemon.wait_for(lambda: self.browser.run(
            "const button = document.querySelector(`[data-key^='${arguments[0]}']`);"
            "if (button) button.click(); return button && button.dataset.key", key), 20)

    def delivery(self, number):
        """Its state."""
        return self.node.rows(f"SELECT state FROM delivery WHERE id = {int(number)}")[0]["state"]

    def test_the_keyboard_reaches_everything(self):
        from selenium.webdriver.common.keys import Keys
        self.open(shown=f"[data-study='{self.study_uid}']")
        self.tab_to("search", "state", "verdict", self.study_uid)
        self.assertNotEqual(self.browser.run("return getComputedStyle(document.activeElement).outlineStyle"), "none")
        self.browser.press(Keys.ENTER)
        self.browser.wait_for("[data-key=resend]")
        self.tab_to("resend", "reanalyze", "file sr.dcm")
        self.assertEqual(self.browser.focused(), "file sr.dcm")

    def tab_to(self, *keys):
        """Tab is pressed until each has had the focus, in this order."""
        from selenium.webdriver.common.keys import Keys
        wanted, seen = list(keys), []
        while wanted:
            self.assertLess(len(seen), MOST_TABS, f"Tab does not reach {wanted[0]}: {seen}")
            self.browser.press(Keys.TAB)
            seen.append(self.browser.focused())
            if seen[-1] == wanted[0]:
                wanted.pop(0)

    def test_a_script_that_got_into_the_page_would_not_run(self):
        self.open()
        self.browser.run("const script = document.createElement('script'); document.body.append(script); "
                         "script.textContent = 'window.foreign = true'")
        self.assertIsNone(self.browser.run("return window.foreign || null"))
        self.assertIn("Content Security Policy", " ".join(self.browser.complaints()))

    def test_no_page_is_wider_than_a_desk_or_a_phone(self):
        pictures = os.environ.get("CALCINODE_SCREENSHOTS")
        for name, page, shown in (("studies", "", "[data-study]"), ("study", self.study_page(), "img.figure"),
                                  ("node", "#/node", "meter")):
            self.open(page, shown)
            for width in (DESK, PHONE):
                self.browser.screen(width)
                wide, room = self.browser.run(
                    "const all = document.documentElement; return [all.scrollWidth, all.clientWidth]")
                self.assertLessEqual(wide, room, f"{name} at {width}")
                self.assertLessEqual(width - room, SCROLL_BAR)
                for dark in (False, True) if pictures else ():
                    height = self.browser.run("return document.documentElement.scrollHeight")
                    self.browser.screen(width, height, dark)
                    self.browser.picture(f"{pictures}/{name}-{width}{'-dark' if dark else ''}.png")
                self.browser.screen(width)


if __name__ == "__main__":
    unittest.main()
