package dev.vigil.server.dashboard;

import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertEvent;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.AlertResolved;
import dev.vigil.telemetry.log.LogTail;
import dev.vigil.telemetry.log.LoggedEvent;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells open pages that an alert of their tenant has changed, by server-sent events: {@code alert}
 * with a text to read out, and {@code beat} every 15 s. At each a page fetches the board, so a lost
 * event costs nothing once the line is back, and a device that falls silent shows soon.
 */
@Component
class LiveEvents {

  /**
   * What a page is told.
   *
   * @param urgent whether it may interrupt: a new high alert
   * @param text without a name or a value
   */
  private record News(boolean urgent, String text) {}

  private static final Logger log = LoggerFactory.getLogger(LiveEvents.class);
  private static final long BEAT_SECONDS = 15;

  private final LogTail tail;
  private final Set<SseEmitter> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService senders =
      Executors.newFixedThreadPool(4, task -> daemon(task, "live"));
  private volatile boolean closing;
  private final ScheduledExecutorService beat =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "live-beat"));

  LiveEvents(LogTail tail) {
    this.tail = tail;
    beat.scheduleAtFixedRate(
        () -> open.forEach(page -> send(page, "beat", "")),
        BEAT_SECONDS,
        BEAT_SECONDS,
        TimeUnit.SECONDS);
  }

  SseEmitter open(TenantId tenant) {
    SseEmitter page = new SseEmitter(0L);
    LogTail.Subscription subscription = tail.subscribe(event -> tell(page, tenant, event));
    Runnable end =
        () -> {
          open.remove(page);
          subscription.close();
        };
    page.onCompletion(end);
    page.onTimeout(end);
    page.onError(failure -> end.run());
    open.add(page);
    if (closing) {
      page.complete();
    } else {
      send(page, "beat", "");
    }
    return page;
  }

  private void tell(SseEmitter page, TenantId tenant, LoggedEvent logged) {
    if (logged.tenant().equals(tenant) && logged.event() instanceof AlertEvent event) {
      boolean urgent = event instanceof AlertRaised && event.alert().tier() == Tier.HIGH;
      send(page, "alert", new News(urgent, step(event) + ": " + event.alert().title()));
    }
  }

  private static String step(AlertEvent event) {
    if (event instanceof AlertRaised) {
      return "New alert";
    }
    if (event instanceof AlertAcknowledged) {
      return "Acknowledged";
    }
    if (event instanceof AlertCleared) {
      return "Condition cleared";
    }
    if (event instanceof AlertResolved) {
      return "Resolved";
    }
    throw new IllegalArgumentException("an alert event without words: " + event.getClass());
  }

  private void send(SseEmitter page, String name, Object data) {
    senders.execute(
        () -> {
          try {
            page.send(SseEmitter.event().name(name).data(data, MediaType.APPLICATION_JSON));
          } catch (IOException | IllegalStateException gone) {
            log.debug("a page is gone error={}", gone.getClass().getName());
            open.remove(page);
            page.complete();
          }
        });
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Ends every page's line before the web server waits for its requests to end: a page never ends
   * one by itself. It asks again, and finds the next server.
   */
  @EventListener(ContextClosedEvent.class)
  void close() {
    closing = true;
    beat.shutdownNow();
    open.forEach(SseEmitter::complete);
    senders.shutdown();
  }
}
