package dev.vigil.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.TenantId;
import dev.vigil.server.VigilServer;
import dev.vigil.telemetry.log.LogTail;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.context.WebServerGracefulShutdownLifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Hazard: a server that is told to stop and waits for a page that somebody left open. */
class LiveEventsTest {

  /** Stops when the web server begins to wait for its requests. */
  private static final class WebServer implements SmartLifecycle {

    private SseEmitter page;
    private Exception seen;
    private boolean running;

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
      try {
        page.send("is somebody there?");
      } catch (Exception e) {
        seen = e;
      }
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return WebServerGracefulShutdownLifecycle.SMART_LIFECYCLE_PHASE;
    }
  }

  @Test
  void linesEndBeforeTheWebServerWaitsForThem() {
    WebServer web = new WebServer();
    LiveEvents live;
    try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      context.registerBean(LogTail.class, () -> VigilServer.get().bean(LogTail.class));
      context.registerBean(LiveEvents.class);
      context.registerBean(WebServer.class, () -> web);
      context.refresh();
      live = context.getBean(LiveEvents.class);
      web.page = live.open(new TenantId("demo"));
    }
    assertThat(web.seen)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("completed");

    SseEmitter late = live.open(new TenantId("demo"));
    assertThatThrownBy(() -> late.send("and now?")).isInstanceOf(IllegalStateException.class);
  }
}
