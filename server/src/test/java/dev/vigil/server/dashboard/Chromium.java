package dev.vigil.server.dashboard;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * Chromium, started once per JVM: the one that {@code VIGIL_CHROMIUM} names, else {@code
 * /usr/bin/chromium}. Without one the asking test is skipped.
 */
final class Chromium {

  private static final Path EXECUTABLE =
      Path.of(System.getenv().getOrDefault("VIGIL_CHROMIUM", "/usr/bin/chromium"));

  private static Browser browser;

  private Chromium() {}

  static synchronized Browser get() {
    Assumptions.assumeTrue(
        Files.isExecutable(EXECUTABLE),
        "no Chromium at " + EXECUTABLE + ": install it, or name it in VIGIL_CHROMIUM");
    if (browser == null) {
      Playwright playwright =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
      browser =
          playwright
              .chromium()
              .launch(
                  new BrowserType.LaunchOptions()
                      .setExecutablePath(EXECUTABLE)
                      .setArgs(
                          List.of(
                              "--headless",
                              "--no-sandbox",
                              "--disable-gpu",
                              "--disable-quic",
                              "--no-first-run",
                              "--disable-background-networking",
                              "--disable-component-update",
                              "--disable-sync")));
      Runtime.getRuntime().addShutdownHook(new Thread(playwright::close, "chromium-stop"));
    }
    return browser;
  }
}
