package dev.vigil.bench.system;

import dev.vigil.bench.peer.StockHapi;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Stock HAPI in a process of its own. */
public final class HapiServer implements Measured {

  private final ChildProcess process;
  private final FhirDoor door;
  private final StoreDatabase database;

  private HapiServer(ChildProcess process, FhirDoor door, StoreDatabase database) {
    this.process = process;
    this.door = door;
    this.database = database;
  }

  /**
   * Starts it.
   *
   * @param tuned or as it comes
   * @param database empty
   * @param folder for its output
   * @param heap as Java's {@code -Xmx} takes it
   */
  public static HapiServer start(boolean tuned, StoreDatabase database, Path folder, String heap) {
    String tuning = tuned ? "TUNED" : "DEFAULT";
    int port = ChildProcess.freePort();
    ChildProcess process =
        ChildProcess.start(
            List.of(
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-Dlogging.level.root=warn",
                "-cp",
                System.getProperty("java.class.path"),
                StockHapi.class.getName(),
                tuning,
                Integer.toString(port),
                database.url(),
                "postgres",
                database.password()),
            Map.of(),
            folder.resolve("hapi-" + tuning.toLowerCase(Locale.ROOT) + ".log"),
            StockHapi.READY);
    return new HapiServer(
        process, new FhirDoor(URI.create("http://localhost:" + port + "/fhir"), null), database);
  }

  @Override
  public FhirDoor door() {
    return door;
  }

  @Override
  public StoreDatabase database() {
    return database;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public Lag lag() {
    return new Lag(Map.of());
  }

  @Override
  public void close() {
    process.close();
  }
}
