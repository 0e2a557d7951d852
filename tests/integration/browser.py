"""A real browser for tests: Debian's Chromium, headless, driven by Selenium.

Selenium stands for Playwright, which apt can't give: Debian packages browser, driver and bindings with their versions in
step, and the engine is the same."""

import os
import pathlib

import daemon

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"


def missing():
    """What is not installed of it."""
    found = [program for program in (CHROMIUM, DRIVER) if not os.access(program, os.X_OK)]
    try:
        import selenium  # noqa: F401
    except ImportError:
        found.append("python3-selenium")
    return found


class Browser:
    """Use as a context manager; `folder` is for what a browser keeps."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.driver = None

    def __enter__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--no-proxy-server", f"--user-data-dir={self.folder}"):
            options.add_argument(word)
        options.page_load_strategy = "none"  # a page that waits for news is never all loaded
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(DRIVER), options=options)
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, url):
        """Anew, whatever of it was shown before."""
        self.driver.get("about:blank")
        self.driver.get(url)

    def screen(self, width, height=900, dark=False):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def text(self):
        return self.run("return document.body ? document.body.innerText : ''")

    def find(self, selector):
        """The first element that is shown, or None."""
        return next((one for one in self.driver.find_elements("css selector", selector) if one.is_displayed()), None)

    def wait_for(self, selector, seconds=15):
        def there():
            """shown"""
            return self.find(selector)
        try:
            return daemon.wait_for(there, seconds, 0.05)
        except AssertionError:
            raise AssertionError(f"{selector} is not shown within {seconds} s; what is:\n{self.text()}")

    def wait_for_text(self, text, seconds=15):
        def there():
            """shown"""
            return text in self.text()
        try:
            return daemon.wait_for(there, seconds, 0.05)
        except AssertionError:
            raise AssertionError(f"{text!r} is not shown within {seconds} s; what is:\n{self.text()}")

    def press(self, *keys):
        from selenium.webdriver import ActionChains
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def focused(self):
        """What tells the element that has the focus."""
        return self.run("const e = document.activeElement; return e.dataset.key || e.getAttribute('href') || e.id || "
                        "e.textContent || e.tagName")

    def complaints(self):
        """What the console said since the last time: scripts that failed, what the page's policy forbade ..."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def picture(self, file):
        self.driver.save_screenshot(str(file))
