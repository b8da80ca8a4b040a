package dev.vigil.server.hl7;

import dev.vigil.hl7.mllp.MllpListener;
import java.io.IOException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Opens the HL7 v2 door last and closes it first. */
@Component
@Order(MllpLifecycle.ORDER)
class MllpLifecycle implements SmartLifecycle, ApplicationRunner {

  static final int ORDER = 20;

  private final MllpListener listener;
  private volatile boolean running;

  MllpLifecycle(ObjectProvider<MllpListener> listener) {
    this.listener = listener.getIfAvailable();
  }

  @Override
  public void run(ApplicationArguments arguments) throws IOException {
    if (listener != null) {
      listener.start();
      running = true;
    }
  }

  /** Started by {@link #run}. */
  @Override
  public void start() {}

  @Override
  public void stop() {
    listener.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public boolean isAutoStartup() {
    return false;
  }
}
