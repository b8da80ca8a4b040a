package dev.vigil.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import dev.vigil.server.VigilServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Somebody at a browser of their own. Remembers what a browser should never have to tell: console
 * errors (a breach of the content security policy is one) and requests to other hosts.
 */
final class Person implements AutoCloseable {

  private static final Map<String, List<Cookie>> SESSIONS = new HashMap<>();

  private final VigilServer server;
  private final BrowserContext context;
  private final Page page;
  private final List<String> complaints = new ArrayList<>();
  private Predicate<String> expected = complaint -> false;

  private Person(VigilServer server, Browser.NewContextOptions options) {
    this.server = server;
    context = Chromium.get().newContext(options.setLocale("en-GB"));
    page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(error -> complaints.add("uncaught: " + error));
    context.onRequest(
        request -> {
          if (!request.url().startsWith(server.url() + "/")) {
            complaints.add("foreign request: " + request.url());
          }
        });
  }

  static Person at(VigilServer server) {
    return new Person(server, new Browser.NewContextOptions().setViewportSize(1280, 900));
  }

  static Person at(VigilServer server, int width, ColorScheme scheme) {
    return new Person(
        server, new Browser.NewContextOptions().setViewportSize(width, 900).setColorScheme(scheme));
  }

  /**
   * Is signed in, on "Now" for those who may see it. Takes over the session of an earlier login of
   * that user if there is one, since a code works once and the next one comes in 30 seconds.
   */
  Person signedInAs(String user) {
    if (SESSIONS.containsKey(user)) {
      context.addCookies(SESSIONS.get(user));
      page.navigate(server.url() + "/");
      if (!page.url().contains("/login")) {
        return this;
      }
    }
    return logsInAs(user);
  }

  /** Fills in the login form and is where that leads. */
  Person logsInAs(String user) {
    page.navigate(server.url() + "/");
    page.fill("#username", user);
    page.fill("#password", server.credentials().users().get(user));
    page.fill("#code", server.freshCode(user));
    page.click("button[type=submit]");
    page.waitForURL(url -> !url.endsWith("/login"));
    SESSIONS.put(user, context.cookies());
    return this;
  }

  /** Waits until the page's live line stands: what happens from now on is told to it. */
  Person live() {
    page.waitForResponse(
        response -> response.url().endsWith("/now/board") && response.ok(), () -> open("/"));
    return this;
  }

  Person open(String path) {
    page.navigate(server.url() + path);
    return this;
  }

  Page page() {
    return page;
  }

  BrowserContext context() {
    return context;
  }

  /** The cards of a patient in a section of "Now". */
  Locator cards(String section, String patientId) {
    return page.locator("#" + section + " .alert:has(a[href='/patients/" + patientId + "'])");
  }

  /** Complaints that the test provokes. */
  Person expecting(Predicate<String> complaint) {
    expected = complaint;
    return this;
  }

  /** Fails if the browser had anything to complain about; closes it. */
  @Override
  public void close() {
    context.close();
    assertThat(complaints.stream().filter(expected.negate())).isEmpty();
  }
}
